import type { Percentiles } from "../metrics/percentiles.ts";
import { accountLines } from "./account-text.ts";
import { arrivalText } from "./arrival-text.ts";
import { steeredText } from "./control-text.ts";
import { generatorLines } from "./generator-text.ts";
import type { Summary, ThresholdResult } from "./summary.ts";
import { formatMs } from "./format-ms.ts";
import { slowHubs, slowHubText } from "./slow-hubs.ts";
import { printable } from "./text-width.ts";
import { observedText } from "./threshold-text.ts";
import { twinFindingLines } from "./twin-findings-text.ts";
import { decidingDevices, refusedAsExpected, unexpectedText } from "./unexpected-devices.ts";
import { partsText } from "./parts-text.ts";
import { twinActionLines } from "./twin-action-text.ts";

/** Colours, or none of them where the output is no terminal. */
export interface Paint {
  /** What is under way. */
  readonly busy: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

const ESCAPE = "\u001B[";
const wrap = (on: number, off: number) => (text: string) =>
  `${ESCAPE}${on}m${text}${ESCAPE}${off}m`;
const plain = (text: string): string => text;

/** ANSI colours, or plain text. */
export const paint = (colour: boolean): Paint =>
  colour
    ? {
        good: wrap(32, 39),
        bad: wrap(31, 39),
        busy: wrap(33, 39),
        dim: wrap(2, 22),
        strong: wrap(1, 22),
      }
    : { good: plain, bad: plain, busy: plain, dim: plain, strong: plain };

/** `1 device`, `2 devices`. */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** How a time scale is told; nothing where devices live in the user's own time. */
export const timeScaleText = (timeScale: number): string =>
  timeScale === 1 ? "" : `devices' time ×${timeScale}, `;

/** The sum of a metric over all its labels. */
export const sumByName = (counters: Readonly<Record<string, number>>, name: string): number =>
  Object.entries(counters)
    .filter(([key]) => key === name || key.startsWith(`${name}{`))
    .reduce((sum, [, count]) => sum + count, 0);

/** `t` of an event (ms since time 0) as a clock: `00:12.3`; before time 0 it is 0. */
export function formatClock(t: number): string {
  const tenths = Math.round(Math.max(0, t) / 100);
  const minutes = String(Math.floor(tenths / 600)).padStart(2, "0");
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${minutes}:${seconds}`;
}

/** A span for people, in whole seconds: `42 s`, `3 min`, `2 h`. */
export function formatSpan(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function percentilesText(ms: Percentiles): string {
  const parts = (["min", "p50", "p95", "p99", "max"] as const).map(
    (name) => `${name} ${formatMs(ms[name])}`,
  );
  return ms.count === 0 ? "no sample" : parts.join("  ");
}

const failures = (byClass: Readonly<Record<string, number>>): string =>
  Object.entries(byClass)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ") || "none";

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function thresholdLine(result: ThresholdResult, ink: Paint): string {
  const mark = result.passed === null ? ink.dim("○") : result.passed ? ink.good("✓") : ink.bad("✗");
  const observed = observedText(result);
  const told = result.observed === null ? observed : `observed ${observed}`;
  return `  ${mark} ${printable(result.expression)}  ${ink.dim(told)}`;
}

/** A name with dots up to its values; the lines below it have none. */
export const label = (name: string): string =>
  name === "" ? " ".repeat(19) : `  ${`${name} `.padEnd(16, ".")} `;

/** Where the scenario expects refusals: how many came, and who went another way. */
function refusalLines(summary: Summary, ink: Paint): readonly string[] {
  const { toBeRefused } = summary.devices;
  if (toBeRefused === 0) return [];
  return [
    `${label("refusals")}${refusedAsExpected(summary)} of ${toBeRefused} as expected`,
    ...decidingDevices(summary).map(
      (devices) => `${label("")}${ink.bad(printable(unexpectedText(devices)))}`,
    ),
  ];
}

/** The end of a run as k6 would tell it: what happened, each threshold with tick or cross, the verdict. */
export function summaryLines(summary: Summary, ink: Paint): readonly string[] {
  const { devices, arrival, registration, connection, telemetry } = summary;
  const { twin, methods, ledger, workers } = summary;
  const { attempts } = connection;
  const verdict =
    summary.verdict === "passed" ? ink.good(summary.verdict) : ink.bad(summary.verdict);
  const { run } = summary;
  const parts = partsText(run);
  const steered = steeredText(summary.control);
  return [
    "",
    ink.strong(
      `${printable(run.scenario)}: ${plural(devices.planned, "device")}, ${run.durationS.toFixed(1)} s${parts === undefined ? "" : ` (${parts})`}`,
    ),
    `${label("devices")}${devices.assigned} assigned, ${devices.connected} connected, ${devices.failed - refusedAsExpected(summary)} failed of ${devices.planned}`,
    ...refusalLines(summary, ink),
    ...(arrival === null ? [] : [`${label("arrival")}${arrivalText(arrival)}`]),
    `${label("registration")}${percentilesText(registration.ms)}`,
    `${label("")}${registration.attempts} attempts, failed: ${failures(registration.failed)}, throttled: ${registration.throttled}`,
    ...Object.entries(registration.byHub).map(
      ([hub, count]) => `${label("hub")}${printable(hub)}: ${count}`,
    ),
    `${label("connection")}${percentilesText(connection.ms)}`,
    `${label("")}${connection.opened} opened, ${connection.lost} lost, ${connection.reconnected} reconnected, failed: ${failures(connection.failed)}`,
    `${label("")}${attempts.dps} attempts at DPS and ${attempts.hub} at hubs, ${attempts.peakPerS} in the busiest second`,
    `${label("telemetry")}${percentilesText(telemetry.ms)}`,
    `${label("")}${telemetry.sent} sent, ${telemetry.acked} acknowledged, ${telemetry.failed} failed, ${telemetry.unacked} open`,
    `${label("twin")}${twin.desiredReceived} desired received, ${twin.reportedAcked} of ${twin.reportedSent} reported acknowledged`,
    ...twinFindingLines(twin).map(({ about, text, isBad }) => {
      const told = printable(text);
      return `${label(about)}${isBad ? ink.bad(told) : told}`;
    }),
    ...(methods.received > 0
      ? [`${label("methods")}${methods.received} received, ${methods.failed} failed`]
      : []),
    ...slowHubs(summary).map((slow) =>
      ink.bad(`${label("slow hub")}${printable(slowHubText(slow))}`),
    ),
    ledger === null
      ? `${label("ledger")}not readable in this run`
      : `${label("ledger")}${ledger.ingested} ingested of ${ledger.acked} acknowledged: ${ledger.missing} missing, ${ledger.duplicated} duplicated, ${ledger.outOfOrder} out of order`,
    ...(ledger !== null && ledger.delayMs.count > 0
      ? [`${label("")}device to hub: ${percentilesText(ledger.delayMs)}`]
      : []),
    ...accountLines(summary).map(({ text }) => `${label("")}${ink.bad(printable(text))}`),
    ...(workers.lost > 0
      ? [`${label("workers")}${workers.lost} lost, ${workers.restarted} restarted`]
      : []),
    ...twin.actions.flatMap((action) => twinActionLines(action, ink)),
    ...(steered === undefined ? [] : [`${label("by hand")}${printable(steered)}`]),
    ...generatorLines(summary).map((line, index) => {
      const told = `${label(index === 0 ? "generator" : "")}${printable(line)}`;
      return summary.generator?.limited === true ? ink.bad(told) : told;
    }),
    "",
    ...summary.thresholds.map((result) => thresholdLine(result, ink)),
    ...(summary.strict ?? []).map(({ text }) => `  ${ink.bad("✗")} --strict: ${printable(text)}`),
    "",
    ink.strong(verdict) +
      ink.dim(sumOf(registration.failed) > 0 ? ", see devices.csv for each failure" : ""),
  ];
}
