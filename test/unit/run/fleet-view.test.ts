import { expect, test } from "vitest";
import type { DeviceEvent } from "../../../src/metrics/device-event.ts";
import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import type { RunEvent } from "../../../src/output/output.ts";
import { FleetView } from "../../../src/run/fleet-view.ts";
import { rowOf, snapshotOf } from "../metrics/snapshots.ts";

function viewOf(rows: readonly Partial<DeviceRow>[]): FleetView {
  const devices = rows.map((row, index) => rowOf({ registrationId: `d${index + 1}`, ...row }));
  const view = new FleetView({
    devices,
    phases: [],
    emit: () => {},
    onDeviceEvent: () => {},
    onMessages: () => {},
  });
  view.snapshot(snapshotOf({ devices }));
  return view;
}

const ARRIVED = { wasConnected: true, state: "streaming" } as const;
const FAILED = { wasConnected: false, state: "failed", errorClass: "unauthorized" } as const;
const RETRYING = { wasConnected: false, state: "registering", errorClass: "network" } as const;

test("a device with an error that may pass is still arriving", () => {
  expect(viewOf([ARRIVED, RETRYING]).isArriving).toBe(true);
  expect(viewOf([ARRIVED, FAILED]).isArriving).toBe(false);
});

test("a device that has lost its connection is no longer arriving", () => {
  expect(viewOf([{ ...ARRIVED, state: "connecting" }]).isArriving).toBe(false);
});

test("all have failed only where no device is in another state", () => {
  expect(viewOf([FAILED, FAILED]).allFailed).toBe(true);
  expect(viewOf([FAILED, RETRYING]).allFailed).toBe(false);
  expect(viewOf([]).allFailed).toBe(false);
});

const raised = (deviceId: string): DeviceEvent => ({
  type: "alert",
  t: 5,
  deviceId,
  alert: "warm",
  state: "raised",
});

test("the alerts of a lost worker's devices go off, as an event of each; those of others stay", () => {
  const told: RunEvent[] = [];
  const devices = [1, 2, 3].map((n) =>
    rowOf({ registrationId: `d${n}`, deviceId: `d${n}`, worker: n === 3 ? 1 : 0 }),
  );
  const view = new FleetView({
    devices,
    phases: [],
    emit: (event) => told.push(event),
    onDeviceEvent: () => {},
    onMessages: () => {},
  });
  view.snapshot(snapshotOf({ devices, events: [raised("d1"), raised("d3")] }));
  told.length = 0;
  view.worker({ worker: 0, state: "lost", boot: 1 }, 9);
  expect(told).toMatchObject([
    { type: "worker" },
    { type: "alert", t: 9, deviceId: "d1", alert: "warm", state: "cleared" },
  ]);
  expect(view.aggregate.alerts.active("warm")).toBe(1);
});

const isAll = (...rows: readonly Partial<DeviceRow>[]): boolean => viewOf(rows).allConnected;

test("all are connected once each that is to be let in was, but for those that are off", () => {
  const refused = { ...RETRYING, expectedRefusal: "unauthorized" } as const;
  expect(isAll(ARRIVED, { ...ARRIVED, state: "reconnecting" })).toBe(true);
  expect(isAll(ARRIVED, FAILED, { ...FAILED, state: "stopped" }, refused)).toBe(true);
  expect(isAll(ARRIVED, RETRYING)).toBe(false);
  expect(isAll(FAILED, refused)).toBe(false);
});
