import type { ShownState } from "./shown-states.ts";
import { SHOWN_STATES } from "./shown-states.ts";
import type { ScreenView, TwinChange } from "./screen-view.ts";
import type { Paint } from "./terminal-text.ts";
import { formatPerS } from "./arrival-text.ts";
import { formatMs } from "./format-ms.ts";
import { formatClock } from "./terminal-text.ts";
import { displayWidth, fit, padEnd, printable } from "./text-width.ts";

/** The bar of a terminal that has room for more; a longer one tells nothing more. */
const BAR_MAX = 60;
const LABEL = 11;
const NUMBER = 9;
/** The mean rate looks back so many snapshots. */
const MEAN_OF = 10;
/** Below so many rows the screen does without blank lines. */
const AIRY_ROWS = 22;
/** So many rows are kept for events where there are any. */
const EVENT_ROWS = 4;

/** The order of the bar, from done to not begun, with a sign for those who see no colours. */
const BAR_SIGNS: Readonly<Record<ShownState, string>> = {
  streaming: "█",
  connecting: "▓",
  assigned: "▓",
  reconnecting: "▒",
  registering: "▒",
  failed: "×",
  refused: "-",
  stopped: "·",
  waiting: "·",
};

const QUIET_STATES: ReadonlySet<string> = new Set(["waiting", "stopped", "refused"]);

const inkOf = (state: string, ink: Paint): ((text: string) => string) => {
  if (state === "streaming") return ink.good;
  if (state === "failed") return ink.bad;
  return QUIET_STATES.has(state) ? ink.dim : ink.busy;
};

const isState = (name: string): name is ShownState => SHOWN_STATES.some((state) => state === name);

/** Devices by state as one bar of `width` signs: each state has its share, and none that occurs is left out. */
function stateBar(view: ScreenView, width: number, ink: Paint): string {
  const order = Object.keys(BAR_SIGNS).filter(isState);
  let before = 0;
  let drawn = 0;
  return order
    .map((state) => {
      const count = view.states[state] ?? 0;
      before += count;
      const until = view.devices === 0 ? 0 : Math.floor((before / view.devices) * width);
      const length = Math.min(width - drawn, Math.max(until - drawn, count > 0 ? 1 : 0));
      drawn += length;
      return inkOf(state, ink)(BAR_SIGNS[state].repeat(length));
    })
    .join("");
}

function clockText({ t, durationMs }: ScreenView, status = "setting up"): string {
  if (t === undefined) return status;
  const at = formatClock(t).replace(/\.\d$/, "");
  return durationMs === null
    ? `${at}, Ctrl-C ends it`
    : `${at} of ${formatClock(durationMs).replace(/\.\d$/, "")}`;
}

function header(view: ScreenView, clock: string, columns: number, ink: Paint): string {
  const room = columns - displayWidth(clock) - 2;
  const title = `${ink.strong(view.title)}  ${ink.dim(view.subtitle)}`;
  return `${padEnd(fit(title, Math.max(0, room)), room)}  ${ink.strong(clock)}`;
}

const label = (name: string, ink: Paint): string => ink.dim(name.padEnd(LABEL));

function deviceLines(view: ScreenView, columns: number, ink: Paint): readonly string[] {
  const streaming = view.states["streaming"] ?? 0;
  const count = `${streaming} of ${view.devices - view.toBeRefused} streaming`;
  const width = Math.min(BAR_MAX, columns - LABEL - count.length - 2);
  const bar = width >= 10 ? `${stateBar(view, width, ink)}  ` : "";
  const states = SHOWN_STATES.filter((state) => (view.states[state] ?? 0) > 0)
    .map((state) => inkOf(state, ink)(`${view.states[state]} ${state}`))
    .join("  ");
  const { arrivalPerS } = view;
  const arrival = arrivalPerS === undefined ? "" : ink.dim(`  starting ${formatPerS(arrivalPerS)}`);
  return [`${label("devices", ink)}${bar}${count}`, `${label("", ink)}${states}${arrival}`];
}

/** The fullest hubs first; `rows` of them at most, the rest as a number. */
function hubLines(view: ScreenView, rows: number, ink: Paint): readonly string[] {
  const hubs = Object.entries(view.byHub).toSorted(([, a], [, b]) => b - a);
  const shown = hubs.length <= rows ? hubs : hubs.slice(0, rows - 1);
  const left = hubs.slice(shown.length);
  const leftSum = left.reduce((sum, [, count]) => sum + count, 0);
  const lines = shown.map(([hub, count]) => `${printable(hub)}  ${count}`);
  const rest = left.length === 0 ? [] : [`and ${left.length} more  ${leftSum}`];
  return [...lines, ...rest].map((text, row) => `${label(row === 0 ? "hubs" : "", ink)}${text}`);
}

/** Acknowledged messages a second, over the last snapshots. */
function meanRate({ rates }: ScreenView): number {
  const last = rates.slice(-MEAN_OF);
  const elapsedS = last.reduce((sum, each) => sum + each.elapsedS, 0);
  return elapsedS === 0 ? 0 : last.reduce((sum, each) => sum + each.messages, 0) / elapsedS;
}

function sparkline({ rates }: ScreenView): string {
  const perS = rates.map(({ messages, elapsedS }) => messages / elapsedS);
  const most = Math.max(...perS, 0);
  if (most === 0) return "";
  return perS.map((rate) => "▁▂▃▄▅▆▇█".charAt(Math.round((7 * rate) / most))).join("");
}

function telemetryLine(view: ScreenView, ink: Paint): string {
  const failed = view.failed === 0 ? "" : `  ${ink.bad(`${view.failed} failed`)}`;
  const rate = ink.strong(`${meanRate(view).toFixed(1)}/s`);
  const { sent, acked } = view;
  return `${label("messages", ink)}${sent} sent  ${acked} acknowledged${failed}  ${rate}  ${ink.dim(sparkline(view))}`;
}

const LATENCY_COLUMNS = ["p50", "p95", "p99", "max"] as const;

function latencyLines(view: ScreenView, ink: Paint): readonly string[] {
  const rows = view.latencies.filter(({ ms }) => ms.count > 0);
  if (rows.length === 0) return [];
  const head = ["count", ...LATENCY_COLUMNS].map((name) => name.padStart(NUMBER)).join("");
  return [
    ink.dim(`${" ".repeat(LABEL + 2)}${head}`),
    ...rows.map(({ name, ms }) => {
      const times = LATENCY_COLUMNS.map((column) => formatMs(ms[column]).padStart(NUMBER));
      return `${ink.dim(name.padEnd(LABEL + 2))}${String(ms.count).padStart(NUMBER)}${times.join("")}`;
    }),
  ];
}

function changeLines(change: TwinChange | undefined, ink: Paint): readonly string[] {
  if (change === undefined) return [];
  const { at, desired, failed, selected, patched, followed, acknowledged, followers } = change;
  const what = `at ${at}: ${printable(JSON.stringify(desired))}`;
  const share = (count: number): ((text: string) => string) =>
    count >= selected ? ink.good : ink.busy;
  const counts = [
    (failed ? ink.bad : share(patched))(`${patched} of ${selected} patched`),
    share(followed)(`${followed} following`),
    share(acknowledged)(`${acknowledged} reported back`),
  ].join("  ");
  const more = followed > followers.length ? ", …" : "";
  const names =
    followers.length === 0 ? "" : `  ${ink.dim(printable(followers.join(", ")) + more)}`;
  return [`${label("twin", ink)}${what}`, `${label("", ink)}${counts}${names}`];
}

/** Alerts that are on, each with its number of devices. */
function alertLines({ alerts }: ScreenView, ink: Paint): readonly string[] {
  const on = Object.entries(alerts).filter(([, devices]) => devices > 0);
  if (on.length === 0) return [];
  const texts = on.map(([name, devices]) => ink.bad(`${name} ${devices}`));
  return [`${label("alerts", ink)}${texts.join("  ")}`];
}

/**
 * The screen as lines, none wider than `columns` and at most `rows` of them. What there is no room for is left out
 * from the end of this list: clock, devices, alerts, messages, twin change, latencies, hubs, events. Pure.
 *
 * @param events what was told last, oldest first
 */
export function renderScreen(
  view: ScreenView,
  options: {
    readonly columns: number;
    readonly rows: number;
    readonly ink: Paint;
    readonly events: readonly string[];
    /** What goes on before the first snapshot; undefined = the set-up. */
    readonly status?: string | undefined;
  },
): string[] {
  const { columns, rows, ink, events } = options;
  const gap = rows >= AIRY_ROWS ? [""] : [];
  const latencies = latencyLines(view, ink);
  const change = changeLines(view.change, ink);
  const devices = [...deviceLines(view, columns, ink), ...alertLines(view, ink)];
  const fixed = 1 + devices.length + 1 + change.length + latencies.length + 4 * gap.length;
  const hubRows = Math.max(1, Math.min(6, rows - fixed - EVENT_ROWS));
  const head = [
    header(view, clockText(view, options.status), columns, ink),
    ...gap,
    ...devices,
    ...(view.t === undefined ? [] : [telemetryLine(view, ink)]),
    ...hubLines(view, hubRows, ink),
    ...(change.length > 0 ? [...gap, ...change] : []),
    ...(latencies.length > 0 ? [...gap, ...latencies] : []),
    ...gap,
  ];
  const room = Math.max(0, rows - head.length);
  const last = room === 0 ? [] : events.slice(-room);
  return [...head, ...last].slice(0, rows).map((line) => fit(line, columns));
}
