import { expect, test } from "vitest";

import type { AccountLine } from "../../../src/output/account-text.ts";
import { accountLines } from "../../../src/output/account-text.ts";
import { junitXml } from "../../../src/output/junit.ts";
import { markdownText } from "../../../src/output/markdown.ts";
import { stepSummary } from "../../../src/output/step-summary.ts";
import { paint, summaryLines } from "../../../src/output/terminal-text.ts";
import { Ledger } from "../../../src/run/ledger.ts";
import { deviceRow, runResults, toldIn } from "../../support/results.ts";

/** A device of whose messages some were acknowledged, some failed, and all of `ingested` are in the hub. */
interface Case {
  readonly id: string;
  readonly sent: number;
  readonly acked?: readonly (readonly [number, number])[];
  readonly failed?: readonly (readonly [number, number])[];
  readonly ingested?: readonly number[];
}

function resultsOf(cases: readonly Case[], more: Parameters<typeof runResults>[0] = {}) {
  const rows = cases.map(({ id, sent, acked = [], failed = [] }) =>
    deviceRow(id, { sent, ackedSeqs: acked, failedSeqs: failed }),
  );
  const ledger = new Ledger(cases.map(({ id }) => id));
  for (const { id, ingested = [] } of cases) {
    for (const seq of ingested) ledger.ingest({ deviceId: id, boot: 1, seq });
  }
  const result = ledger.close(toldIn(rows));
  const unacked = result.devices.reduce((sum, device) => sum + device.unacked, 0);
  const { summary, ...results } = runResults({ rows, ledger: result, ...more });
  return { ...results, summary: { ...summary, telemetry: { ...summary.telemetry, unacked } } };
}

const linesOf = (...cases: readonly Case[]): readonly AccountLine[] =>
  accountLines(resultsOf(cases).summary);

test("a clean account has no lines", () => {
  expect(linesOf({ id: "cave-1", sent: 1, acked: [[1, 1]], ingested: [1] })).toEqual([]);
});

test("missing, duplicated and disordered messages are told with their devices and numbers", () => {
  const lines = linesOf(
    { id: "cave-7", sent: 3, acked: [[1, 3]], ingested: [1] },
    { id: "cave-8", sent: 2, acked: [[1, 2]], ingested: [1, 2, 2] },
    { id: "cave-9", sent: 2, acked: [[1, 2]], ingested: [2, 1] },
  );
  expect(lines).toEqual([
    {
      metric: "telemetry_missing",
      text: "2 messages acknowledged but not ingested: cave-7 (boot 1, seq 2, 3)",
    },
    { metric: "telemetry_duplicated", text: "1 message duplicated: cave-8 (boot 1, seq 2)" },
    { metric: "telemetry_out_of_order", text: "1 message out of order: cave-9 (boot 1, seq 1)" },
  ]);
});

test("a lost PUBACK is told apart from a message that never arrived", () => {
  const lines = linesOf({ id: "cave-1", sent: 3, acked: [[1, 1]], ingested: [1, 2] });
  expect(lines.map(({ text }) => text)).toEqual([
    "2 messages unacknowledged at the end, 1 of them ingested, so that the PUBACK was lost or late: cave-1 (boot 1, seq 2, 3)",
  ]);
});

test("what was given up and is there, and what a lost worker had not told of, are named so", () => {
  const lines = linesOf({ id: "cave-1", sent: 1, failed: [[1, 1]], ingested: [1, 2] });
  expect(lines).toEqual([
    {
      metric: "telemetry_unconfirmed",
      text: "2 messages ingested though not acknowledged, 1 given up before the PUBACK came, 1 of a worker that was lost before it told: cave-1 (boot 1, seq 1, 2)",
    },
  ]);
});

test("of many devices the worst three are named, and the messages of the others counted", () => {
  const cases = [1, 2, 3, 4, 7].map((count) => ({
    id: `cave-${count}`,
    sent: count,
    acked: [[1, count] as const],
  }));
  expect(linesOf(...cases)[0]?.text).toBe(
    "17 messages acknowledged but not ingested: cave-7 (boot 1, seq 1, 2, 3, 4, 5 …), " +
      "cave-4 (boot 1, seq 1, 2, 3, 4), cave-3 (boot 1, seq 1, 2, 3), and 3 of other devices",
  );
});

test("where ingestion cannot be read, what is unacknowledged is counted all the same", () => {
  const { summary } = runResults();
  const telemetry = { ...summary.telemetry, unacked: 2 };
  expect(accountLines({ ...summary, telemetry })).toEqual([
    { metric: "telemetry_unacked", text: "2 messages unacknowledged at the end" },
  ]);
  expect(accountLines(summary)).toEqual([]);
});

test("terminal, step summary and the failure in junit.xml tell it", () => {
  const expression = "telemetry_missing == 0";
  const thresholds = [{ expression, observed: 1, unit: "", passed: false }];
  const lost = { id: "cave_7", sent: 1, acked: [[1, 1] as const] };
  const results = resultsOf([lost], { thresholds, exitCode: 99, verdict: "failed" });
  const text = "1 message acknowledged but not ingested: cave_7 (boot 1, seq 1)";
  expect(summaryLines(results.summary, paint(false)).map((line) => line.trim())).toContain(text);
  expect(stepSummary(results)).toContain(`\n\n- ${markdownText(text)}\n`);
  expect(junitXml(results)).toMatch(
    /<failure [^>]*>[^<]*\n1 message acknowledged but not ingested/,
  );
});
