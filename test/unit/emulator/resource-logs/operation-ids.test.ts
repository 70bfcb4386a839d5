import { expect, test } from "vitest";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { Operation } from "../../../../src/emulator/operations/operation.ts";
import { DpsResourceLog } from "../../../../src/emulator/resource-logs/dps-resource-log.ts";
import { HubResourceLog } from "../../../../src/emulator/resource-logs/hub-resource-log.ts";

const ASKED = { protocol: "https", bytes: 0, count: 1 } as const;
const OUTCOME = { fault: new ServiceFault("throttled", "Too many requests."), answerBytes: 0 };

/** What a log has of an operation. */
function loggedBy(Log: typeof HubResourceLog | typeof DpsResourceLog, operation: Operation) {
  const written: unknown[] = [];
  new Log(({ properties }) => void written.push(properties)).ended(operation, OUTCOME);
  return written;
}

test("a job and an enrollment group are written by their own ids, a device by its own", () => {
  const job = { ...ASKED, kind: "readJob", deviceId: undefined, otherId: "a-job" } as const;
  expect(loggedBy(HubResourceLog, job)).toMatchObject([{ jobId: "a-job" }]);
  const twin = { ...ASKED, kind: "readTwin", deviceId: "cave-1" } as const;
  expect(loggedBy(HubResourceLog, twin)).toMatchObject([{ deviceId: "cave-1" }]);
  const variant = "EnrollmentGroup";
  const group = {
    ...ASKED,
    kind: "readEnrollment",
    deviceId: undefined,
    otherId: "caves",
  } as const;
  expect(loggedBy(DpsResourceLog, { ...group, variant })).toMatchObject([
    { id: "caves", type: variant },
  ]);
  const enrollment = { ...ASKED, kind: "readEnrollment", deviceId: "cave-1" } as const;
  expect(loggedBy(DpsResourceLog, enrollment)).toMatchObject([{ id: "cave-1" }]);
});
