import { expect, test } from "vitest";
import { parseWorkerEvent } from "../../../src/supervisor/worker-event.ts";
import { healthOf } from "../metrics/generator/healths.ts";
import { snapshotOf } from "../metrics/snapshots.ts";

const event = (health: object) => ({
  type: "snapshot",
  snapshot: { ...snapshotOf({}), health },
});

test("how a worker did comes with its snapshot", () => {
  const told = event(
    healthOf({ gc: { minor: { count: 1, ms: 0 } }, stalls: [{ t: 5, ms: 300, model: "cave" }] }),
  );
  expect(parseWorkerEvent(told)).toEqual(told);
});

test("a snapshot whose process did what cannot be is none", () => {
  expect(parseWorkerEvent(event({ ...healthOf(), spanMs: -1 }))).toBeUndefined();
  expect(parseWorkerEvent(event({ ...healthOf(), lateMs: "0" }))).toBeUndefined();
  expect(parseWorkerEvent(event({ ...healthOf(), more: 1 }))).toBeUndefined();
  expect(parseWorkerEvent(event({ ...healthOf(), gc: { other: {} } }))).toBeUndefined();
});
