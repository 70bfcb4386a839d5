import type { EmulatorLimits } from "../../../../src/emulator/defaults.ts";
import { attempt, ServiceFault } from "../../../../src/emulator/fault.ts";
import type { Guard } from "../../../../src/emulator/operations/operation-gate.ts";
import type { Operation } from "../../../../src/emulator/operations/operation.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import { OPERATIONS } from "../../../../src/base/service-operations.ts";
import type { Surroundings } from "../../../../src/emulator/surroundings.ts";
import { surroundingsFrom } from "../../../../src/emulator/surroundings.ts";

export const START_MS = Date.UTC(2026, 0, 1, 12);

/** A clock that tests set, and limits. */
export function aroundAt(
  time: { nowMs: number },
  limits: Partial<EmulatorLimits> = {},
): Surroundings {
  return surroundingsFrom({ limits, clock: () => time.nowMs });
}

/** An operation of one device over HTTPS, of 100 bytes. */
export const asked = (kind: OperationKind, more: Partial<Operation> = {}): Operation => ({
  kind,
  deviceId: "cave-1",
  protocol: "https",
  bytes: 100,
  count: 1,
  ...more,
});

export const kindsOf = (service: "hub" | "dps"): readonly OperationKind[] =>
  (Object.keys(OPERATIONS) as OperationKind[]) // oxlint-disable-line no-unsafe-type-assertion -- its own keys
    .filter((kind) => OPERATIONS[kind].service === service);

/** What becomes of an operation: it may begin, waits, or is refused. */
export function fateOf(guard: Guard, operation: Operation): "begins" | "waits" | ServiceFault {
  const wait = attempt(() => guard.admit(operation));
  if (wait instanceof ServiceFault) return wait;
  // Nobody waits for it here.
  void wait?.catch(() => {});
  return wait === undefined ? "begins" : "waits";
}

/** How many operations in a row begin at once; `most` where that many do. */
export function burstOf(guard: Guard, operation: Operation, most: number): number {
  for (let count = 0; count < most; count++)
    if (fateOf(guard, operation) !== "begins") return count;
  return most;
}
