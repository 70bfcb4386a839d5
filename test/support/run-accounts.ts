import { expect } from "vitest";

import type { Summary } from "../../src/output/summary.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";
import type { Workplace } from "./program.ts";
import { expectRebuilt } from "./rebuilt.ts";

const COLUMNS =
  "registrationId,deviceId,hub,state,worker,attempts,registrationMs,connectionMs,reconnects,sent,acked,failed,errorClass,error";

/** Reads a run's summary and checks what holds however the run ended: summary, `devices.csv`, `junit.xml` and ledger tell the same, and the record makes all of them again. */
export async function checkedSummary(place: Workplace): Promise<Summary> {
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  const { sent, acked, failed, unacked } = summary.telemetry;
  expect(sent).toBe(acked + failed + unacked);
  const junit = await place.result("junit.xml");
  expect(junit).toContain(`<property name="verdict" value="${summary.verdict}"/>`);
  // Its end, each threshold, and the generator where it was measured.
  const cases = 1 + summary.thresholds.length + Number(summary.generator !== null);
  expect(junit.match(/<testcase /g)).toHaveLength(cases);
  const [header, ...lines] = (await place.result("devices.csv")).trim().split("\n");
  expect(header).toBe(COLUMNS);
  expect(lines).toHaveLength(summary.devices.planned);
  // The columns after these may hold commas.
  const sum = (column: number): number =>
    lines.reduce((all, line) => all + Number(line.split(",")[column]), 0);
  expect({ sent: sum(9), acked: sum(10), failed: sum(11) }).toEqual({ sent, acked, failed });
  expect(sum(5)).toBe(summary.registration.attempts);
  await expectRebuilt(place.out);
  if (summary.ledger === null) return summary;
  expect(summary.ledger.acked).toBe(acked);
  expect(summary.ledger).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
  expect(summary.ledger.ingested).toBeGreaterThanOrEqual(acked);
  return summary;
}
