import { accountLines } from "./account-text.ts";
import { failedDevices } from "./failed-devices.ts";
import { GENERATOR_LIMITED, reasonsWithMends } from "./generator-text.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { partsText } from "./parts-text.ts";
import type { Results } from "./results.ts";
import { runTrouble } from "./run-trouble.ts";
import { slowHubs, slowHubText } from "./slow-hubs.ts";
import type { Summary, Verdict } from "./summary.ts";
import { formatMs } from "./format-ms.ts";
import { plural } from "./terminal-text.ts";
import {
  decidingDevices,
  expectedText,
  namesOf,
  observedOutcomeText,
  refusedAsExpected,
} from "./unexpected-devices.ts";
import { observedText } from "./threshold-text.ts";

const MARKS: Readonly<Record<Verdict, string>> = { passed: "✅", failed: "❌", interrupted: "⚠️" };

/** `99.9 %`; rounded down, so that 100 % are all. */
const share = (count: number, whole: number): string =>
  whole === 0 ? "" : `${Math.floor((1_000 * count) / whole) / 10} %`;

/** How many devices got how far, and how long that took. */
function funnel(summary: Summary): string {
  const { devices, registration, connection } = summary;
  const refused = refusedAsExpected(summary);
  const { planned } = devices;
  const row = (name: string, count: number, p95: number | null): readonly string[] => [
    name,
    String(count),
    share(count, planned),
    p95 === null ? "" : formatMs(p95),
  ];
  return markdownTable(
    ["devices", "count:", "share:", "p95:"],
    [
      row("planned", planned, null),
      row("assigned", devices.assigned, registration.ms.p95),
      row("connected", devices.connected, connection.ms.p95),
      row("failed", devices.failed - refused, null),
      ...(devices.toBeRefused === 0
        ? []
        : [row("refused as expected", refused, null), row("unexpected", devices.unexpected, null)]),
    ],
  );
}

function thresholdTable({ thresholds }: Summary): string {
  const rows = thresholds.map((result) => [
    result.passed === null ? "➖" : result.passed ? "✅" : "❌",
    markdownText(result.expression),
    markdownText(observedText(result)),
  ]);
  return markdownTable(["", "threshold", "observed"], rows);
}

function failedTable(results: Results): readonly string[] {
  const failed = failedDevices(results.rows);
  if (failed.length === 0) return [];
  const rows = failed.map(({ errorClass, count, registrationId, error }) => [
    markdownText(errorClass),
    String(count),
    markdownText(`${registrationId}: ${error}`),
  ]);
  return [markdownTable(["kept out by", "devices:", "for example"], rows)];
}

const list = (texts: readonly string[]): string =>
  texts.map((text) => `- ${markdownText(text)}`).join("\n");

function strictList({ strict }: Summary): readonly string[] {
  // The generator has a part of its own.
  const reasons = (strict ?? []).filter(({ kind }) => kind !== "generator");
  if (reasons.length === 0) return [];
  return ["Failed because of `--strict`:", list(reasons.map(({ text }) => text))];
}

/** Where the generator was the limit; nothing where it was not. */
function generatorPart({ generator, strict }: Summary): readonly string[] {
  if (generator?.limited !== true) return [];
  const mark = strict === null ? "⚠️" : "❌ `--strict`:";
  const reasons = reasonsWithMends(generator).flatMap(({ texts, mend }) => [
    ...texts,
    `what helps: ${mend}`,
  ]);
  return [`${mark} **${markdownText(GENERATOR_LIMITED)}**`, list(reasons)];
}

function unexpectedTable(summary: Summary): readonly string[] {
  const unexpected = decidingDevices(summary);
  if (unexpected.length === 0) return [];
  const rows = unexpected.map((devices) => [
    markdownText(expectedText(devices)),
    markdownText(observedOutcomeText(devices)),
    String(devices.count),
    markdownText(namesOf(devices)),
  ]);
  return [markdownTable(["expected", "came", "devices:", "which"], rows)];
}

function messages(summary: Summary): readonly string[] {
  const amiss = accountLines(summary).map(({ text }) => text);
  return [messageCounts(summary), ...(amiss.length === 0 ? [] : [list(amiss)])];
}

function messageCounts({ telemetry, ledger }: Summary): string {
  const { sent, acked, failed, unacked } = telemetry;
  const account = `${plural(sent, "message")} sent, ${acked} acknowledged, ${failed} failed, ${unacked} open`;
  if (ledger === null) return `${account}; what was ingested cannot be read.`;
  const { missing, duplicated, outOfOrder } = ledger;
  return `${account}; ${missing} missing, ${duplicated} duplicated, ${outOfOrder} out of order.`;
}

/**
 * The run for the page of a GitHub Actions job: verdict, funnel, thresholds, who was kept out. Markdown; begins with a
 * blank line, so that it can follow whatever a step wrote before, and ends with a newline.
 */
export function stepSummary(results: Results): string {
  const { summary, exitCode } = results;
  const { run, verdict, devices } = summary;
  const trouble = runTrouble(results);
  const ofPlan = partsText(run);
  const parts = [
    `## ${MARKS[verdict]} ${markdownText(run.scenario)}: ${verdict}${ofPlan === undefined ? "" : ` (${ofPlan})`}`,
    `${plural(devices.planned, "device")} against ${run.target}, ${run.durationS.toFixed(1)} s, exit code ${exitCode}.`,
    ...(trouble === undefined ? [] : [`**${markdownText(trouble.message)}**`]),
    funnel(summary),
    thresholdTable(summary),
    ...unexpectedTable(summary),
    ...strictList(summary),
    ...generatorPart(summary),
    ...slowHubs(summary).map((slow) => `**${markdownText(slowHubText(slow))}.**`),
    ...failedTable(results),
    ...messages(summary),
  ];
  return `\n${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}
