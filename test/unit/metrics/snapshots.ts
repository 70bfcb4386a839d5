import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import type { ThresholdView } from "../../../src/metrics/thresholds.ts";
import type { Snapshot } from "../../../src/metrics/snapshot.ts";

/** A streaming device's row; `changes` says what matters to the test. */
export function rowOf(changes: Partial<DeviceRow> & { registrationId: string }): DeviceRow {
  return {
    model: "cheese-cave",
    deviceId: changes.registrationId,
    hub: "cheesecave-hub.azure-devices.net",
    state: "streaming",
    boot: 1,
    worker: 1,
    attempts: 1,
    registrationMs: 3_100,
    connectionMs: 40,
    reconnects: 0,
    sent: 0,
    acked: 0,
    failed: 0,
    ackedSeqs: [],
    failedSeqs: [],
    wasAssigned: true,
    wasConnected: true,
    isUp: true,
    errorClass: null,
    error: null,
    ...changes,
  };
}

export function snapshotOf(changes: Partial<Snapshot>): Snapshot {
  return {
    worker: 1,
    boot: 1,
    sequence: 1,
    counters: {},
    histograms: {},
    devices: [],
    events: [],
    messages: [],
    resources: { cpuS: 0, rssBytes: 0 },
    ...changes,
  };
}

/** What is known beside the fleet: ledger, workers; null = it cannot be measured. */
export function extraOf(known: Readonly<Record<string, number | null>>): ThresholdView["extra"] {
  return (metric) => known[metric];
}
