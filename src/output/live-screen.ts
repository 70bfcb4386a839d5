import { DEVICE_STATES } from "../metrics/device-row.ts";
import { LatencyHistogram } from "../metrics/histogram.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { Output, RunEvent } from "./output.ts";
import type { LineSink, RunConsole } from "./terminal.ts";
import { TerminalLines } from "./terminal.ts";
import { formatClock, formatMs } from "./terminal-text.ts";

/** What the screen shows; everything in it was told by events. */
export interface ScreenView {
  readonly title: string;
  /** ms after time 0. */
  readonly t: number;
  /** null = until stopped. */
  readonly durationMs: number | null;
  readonly devices: number;
  readonly states: Readonly<Record<string, number>>;
  readonly byHub: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly acked: number;
  /** Acknowledged messages a second, over the last snapshot's time. */
  readonly ackedPerS: number;
  readonly latencies: readonly { readonly name: string; readonly ms: Percentiles }[];
  /** The last lines, oldest first. */
  readonly log: readonly string[];
}

const BAR_WIDTH = 30;

/** `[##########--------------------]`; `part` is 0 to 1. */
function bar(part: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, part)));
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

/** The screen as lines: at most `rows` of them, none longer than `columns`. Pure. */
export function renderScreen(view: ScreenView, columns: number, rows: number): string[] {
  const connected = view.states["streaming"] ?? 0;
  const until = view.durationMs === null ? "Ctrl-C stops" : `of ${formatClock(view.durationMs)}`;
  const head = [
    `${view.title}  ${formatClock(view.t)} ${until}`,
    `${bar(view.devices === 0 ? 0 : connected / view.devices)} ${connected} of ${view.devices} streaming`,
    DEVICE_STATES.filter((state) => (view.states[state] ?? 0) > 0)
      .map((state) => `${state} ${view.states[state]}`)
      .join("  "),
    ...Object.entries(view.byHub).map(([hub, count]) => `${hub}  ${count}`),
    `telemetry  ${view.sent} sent  ${view.acked} acknowledged  ${view.ackedPerS.toFixed(1)}/s`,
    ...view.latencies
      .filter(({ ms }) => ms.count > 0)
      .map(
        ({ name, ms }) =>
          `${name.padEnd(13)} p50 ${formatMs(ms.p50)}  p95 ${formatMs(ms.p95)}  p99 ${formatMs(ms.p99)}`,
      ),
    "",
  ];
  const room = Math.max(0, rows - head.length);
  const log = room === 0 ? [] : view.log.slice(-room);
  return [...head, ...log].slice(0, rows).map((line) => line.slice(0, columns));
}

/** Of the lines that `TerminalLines` tells, this many are kept to be shown. */
const LOG_KEPT = 200;
const ENTER = "\u001B[?1049h\u001B[?25l";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME_AND_CLEAR = "\u001B[H\u001B[J";

/** A terminal with a size. */
export interface ScreenSink extends LineSink {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

const EMPTY: ScreenView = {
  title: "",
  t: 0,
  durationMs: null,
  devices: 0,
  states: {},
  byHub: {},
  sent: 0,
  acked: 0,
  ackedPerS: 0,
  latencies: [],
  log: [],
};

const LATENCIES = ["registration_ms", "connection_ms", "telemetry_ms"] as const;

function latenciesOf(event: RunEvent & { type: "snapshot" }): ScreenView["latencies"] {
  return LATENCIES.map((metric) => {
    const merged = new LatencyHistogram();
    for (const [key, encoded] of Object.entries(event.histograms)) {
      if (key === metric || key.startsWith(`${metric}{`)) merged.merge(encoded);
    }
    return { name: metric.replace("_ms", ""), ms: merged.percentiles() };
  });
}

/**
 * The run on a whole terminal, from the plan to the summary; before and after it speaks in plain lines. `restore()`
 * gives the terminal back in any case, so whoever owns the process calls it on a crash too.
 */
export class LiveScreen implements Output, RunConsole {
  readonly #sink: ScreenSink;
  readonly #plain: TerminalLines;
  #lines: TerminalLines;
  readonly #log: string[] = [];
  #view: ScreenView = EMPTY;
  #shown = false;

  constructor(sink: ScreenSink, options: { readonly colour: boolean }) {
    this.#sink = sink;
    this.#plain = new TerminalLines(sink, options);
    this.#lines = this.#plain;
  }

  phase(text: string): void {
    this.#lines.phase(text);
  }

  progress(text: string, done: number, total: number): void {
    this.#lines.progress(text, done, total);
  }

  warning(text: string): void {
    this.#lines.warning(text);
  }

  emit(event: RunEvent): void {
    if (event.type === "summary") {
      this.restore();
      this.#plain.emit(event);
      return;
    }
    if (event.type === "plan") this.#enter(event);
    if (event.type === "snapshot") this.#snapshot(event);
    else this.#lines.emit(event);
    this.#draw();
  }

  close(): Promise<void> {
    this.restore();
    return Promise.resolve();
  }

  /** Gives the terminal back as it was; safe to call twice. */
  restore(): void {
    this.#lines = this.#plain;
    if (!this.#shown) return;
    this.#shown = false;
    this.#sink.write(LEAVE);
  }

  #enter(plan: RunEvent & { type: "plan" }): void {
    const { devices, durationMs } = plan;
    this.#view = { ...EMPTY, title: `${plan.scenario} → ${plan.target}`, devices, durationMs };
    this.#lines = new TerminalLines(
      {
        write: (text) => {
          this.#log.push(...text.trimEnd().split("\n"));
          this.#log.splice(0, this.#log.length - LOG_KEPT);
          this.#draw();
          return true;
        },
      },
      { colour: false },
    );
    this.#shown = true;
    this.#sink.write(ENTER);
  }

  #snapshot(event: RunEvent & { type: "snapshot" }): void {
    const total = (name: string): number => event.counters[name] ?? 0;
    const acked = total("telemetry_acked");
    const elapsedS = (event.t - this.#view.t) / 1_000;
    this.#view = {
      ...this.#view,
      t: event.t,
      states: event.states,
      byHub: event.byHub,
      sent: total("telemetry_sent"),
      acked,
      ackedPerS: elapsedS > 0 ? (acked - this.#view.acked) / elapsedS : this.#view.ackedPerS,
      latencies: latenciesOf(event),
    };
  }

  #draw(): void {
    if (!this.#shown) return;
    const { columns = 80, rows = 24 } = this.#sink;
    const lines = renderScreen({ ...this.#view, log: this.#log }, columns, rows);
    this.#sink.write(`${HOME_AND_CLEAR}${lines.join("\n")}`);
  }
}
