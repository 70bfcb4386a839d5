import { expect, test } from "vitest";
import type { Operation } from "../../../../src/emulator/operations/operation.ts";
import { DpsResourceLog } from "../../../../src/emulator/resource-logs/dps-resource-log.ts";
import type { LogRecord } from "../../../../src/emulator/resource-logs/log-record.ts";

const ASKED = { kind: "readEnrollment", protocol: "https", bytes: 0, count: 1 } as const;

function logged(operation: Operation): readonly LogRecord[] {
  const records: LogRecord[] = [];
  const log = new DpsResourceLog((record) => records.push(record));
  log.ended(operation, { fault: undefined, answerBytes: 9 });
  return records;
}

test("an enrollment is written by the id of its device, a group by its own", () => {
  const type = "EnrollmentGroup";
  const group = { ...ASKED, deviceId: undefined, otherId: "caves", variant: type };
  expect(logged(group)).toMatchObject([{ properties: { id: "caves", type } }]);
  expect(logged({ ...ASKED, deviceId: "cave-1" })).toMatchObject([
    { properties: { id: "cave-1" } },
  ]);
});
