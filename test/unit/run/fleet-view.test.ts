import { expect, test } from "vitest";
import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import { FleetView } from "../../../src/run/fleet-view.ts";
import { rowOf, snapshotOf } from "../metrics/snapshots.ts";

function viewOf(rows: readonly Partial<DeviceRow>[]): FleetView {
  const devices = rows.map((row, index) => rowOf({ registrationId: `d${index + 1}`, ...row }));
  const view = new FleetView({
    devices,
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
