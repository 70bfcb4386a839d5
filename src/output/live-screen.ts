import { ENTER_SCREEN, frameText, LEAVE_SCREEN } from "./frame.ts";
import type { Output, RunEvent } from "./output.ts";
import { renderScreen } from "./render-screen.ts";
import { ScreenState } from "./screen-view.ts";
import type { LineSink } from "./step-lines.ts";
import type { RunConsole } from "./run-console.ts";
import type { TerminalOptions } from "./terminal.ts";
import { TerminalLines } from "./terminal.ts";
import type { Paint } from "./terminal-text.ts";
import { paint } from "./terminal-text.ts";

/** Of the lines that are told beside the screen, this many are kept. */
const LINES_KEPT = 200;
/** Where a terminal does not tell its size, or says 0, as one without a window does. */
const DEFAULT_SIZE = { columns: 80, rows: 24 } as const;

/**
 * The run on a whole terminal, from the plan to the summary; before and after it speaks in plain lines, and what was
 * told meanwhile stays below as plain lines too. `restore()` gives the terminal back in any case, so whoever owns the
 * process calls it on a crash too.
 */
export class LiveScreen implements Output, RunConsole {
  readonly #sink: LineSink;
  readonly #ink: Paint;
  readonly #plain: TerminalLines;
  readonly #aside: TerminalLines;
  readonly #state = new ScreenState();
  #told: string[] = [];
  #open = false;
  /** The terminal is somebody else's for the moment. */
  #away = false;
  /** What the terminal shows; undefined = unknown. */
  #shown: readonly string[] | undefined;
  #size = "";
  /** What goes on before the first snapshot. */
  #status: string | undefined;

  constructor(sink: LineSink, options: TerminalOptions) {
    this.#sink = sink;
    this.#ink = paint(options.colour);
    this.#plain = new TerminalLines(sink, options);
    this.#aside = new TerminalLines({ write: (text) => this.#tell(text) }, options);
  }

  phase(text: string): void {
    this.#lines().phase(text);
  }

  progress(text: string, done: number, total: number): void {
    this.#lines().progress(text, done, total);
  }

  status(text: string | undefined): void {
    this.#status = text;
    if (this.#open) this.#draw();
    else this.#plain.status(text);
  }

  warning(text: string): void {
    this.#lines().warning(text);
  }

  emit(event: RunEvent): void {
    if (event.type === "summary") {
      this.restore();
      this.#plain.emit(event);
      return;
    }
    this.#state.apply(event);
    if (event.type === "plan") this.#enter();
    // A line for itself where something is told; what moves the numbers is drawn with the next snapshot.
    if (event.type === "snapshot") this.#draw();
    else this.#lines().emit(event);
  }

  close(): Promise<void> {
    this.restore();
    return this.#plain.close();
  }

  /** Draws everything anew: the terminal has another size, or showed something else meanwhile. */
  redraw(): void {
    if (!this.#open) return;
    this.#away = false;
    this.#shown = undefined;
    this.#sink.write(ENTER_SCREEN);
    this.#draw();
  }

  /** Gives the terminal back for a while; `redraw()` takes it again. */
  leave(): void {
    if (!this.#open) return;
    this.#away = true;
    this.#sink.write(LEAVE_SCREEN);
  }

  /** Gives the terminal back as it was, with what was told meanwhile; safe to call twice. */
  restore(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#sink.write(`${LEAVE_SCREEN}${this.#told.map((line) => `${line}\n`).join("")}`);
    this.#told = [];
  }

  #lines(): TerminalLines {
    return this.#open ? this.#aside : this.#plain;
  }

  #enter(): void {
    this.#open = true;
    this.#shown = undefined;
    this.#sink.write(ENTER_SCREEN);
    this.#draw();
  }

  #tell(text: string): boolean {
    this.#told.push(...text.trimEnd().split("\n"));
    this.#told.splice(0, this.#told.length - LINES_KEPT);
    this.#draw();
    return true;
  }

  #draw(): void {
    if (!this.#open || this.#away) return;
    const columns = this.#sink.columns || DEFAULT_SIZE.columns;
    const rows = this.#sink.rows || DEFAULT_SIZE.rows;
    const size = `${columns}x${rows}`;
    if (size !== this.#size) this.#shown = undefined;
    this.#size = size;
    const ink = this.#ink;
    const status = this.#status;
    const lines = renderScreen(this.#state.view, {
      columns,
      rows,
      ink,
      events: this.#told,
      status,
    });
    const text = frameText(this.#shown, lines, columns);
    this.#shown = lines;
    if (text !== "") this.#sink.write(text);
  }
}
