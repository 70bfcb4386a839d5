import type { Progress } from "./progress-text.ts";
import { progressBar, progressText } from "./progress-text.ts";
import { fit } from "./text-width.ts";

/** A place for lines, such as stdout. */
export interface LineSink {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  /** Size in characters, of a terminal. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Progress of a step: on a terminal in place, elsewhere a line now and then; in ms. */
const FIRST_MS = { terminal: 0, lines: 2_000 } as const;
const NEXT_MS = { terminal: 100, lines: 5_000 } as const;
const CLEAR_LINE = "\r\u001B[K";

/** Lines on a stream, and the progress of the current step between them, which no line runs into. */
export class StepLines {
  readonly #sink: LineSink;
  readonly #nowMs: () => number;
  readonly #dim: (text: string) => string;
  #step: { readonly text: string; readonly startedMs: number; nextMs: number } | undefined;
  /** The cursor stands behind a line of progress. */
  #inProgress = false;

  /** @param options `nowMs`: ms, monotonic; `dim`: how progress is painted among lines */
  constructor(
    sink: LineSink,
    options: { readonly nowMs: () => number; readonly dim: (text: string) => string },
  ) {
    this.#sink = sink;
    this.#nowMs = options.nowMs;
    this.#dim = options.dim;
  }

  write(text: string): void {
    this.clearProgress();
    this.#sink.write(`${text}\n`);
  }

  /** Told as often as one likes: shown now and then, and not at all if the step is soon done. */
  progress(text: string, done: number, total: number): void {
    const nowMs = this.#nowMs();
    const kind = this.#sink.isTTY === true ? "terminal" : "lines";
    if (this.#step?.text !== text) {
      this.#step = { text, startedMs: nowMs, nextMs: nowMs + FIRST_MS[kind] };
    }
    if (done >= total) {
      // The phase that follows tells the outcome.
      this.clearProgress();
      this.endStep();
      return;
    }
    if (nowMs < this.#step.nextMs) return;
    this.#step.nextMs = nowMs + NEXT_MS[kind];
    const progress: Progress = { text, done, total, elapsedMs: nowMs - this.#step.startedMs };
    if (kind === "lines") {
      this.write(this.#dim(`  ${progressText(progress)}`));
      return;
    }
    this.#inPlace(`  ${progressBar(progress)}`);
  }

  /** One line on a terminal, in place until the next one or something else is told. */
  status(text: string | undefined): void {
    this.clearProgress();
    if (text !== undefined && this.#sink.isTTY === true) this.#inPlace(`  ${text}`);
  }

  /** What is told of progress next is of another step. */
  endStep(): void {
    this.#step = undefined;
  }

  clearProgress(): void {
    if (!this.#inProgress) return;
    this.#inProgress = false;
    this.#sink.write(CLEAR_LINE);
  }

  #inPlace(text: string): void {
    this.#inProgress = true;
    this.#sink.write(`${CLEAR_LINE}${fit(text, (this.#sink.columns || 80) - 1)}`);
  }
}
