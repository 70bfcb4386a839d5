import type { DeviceRow, PlannedDevice } from "../metrics/device-row.ts";
import type { RecordedRow, RunEvent } from "./output.ts";

type Of<Type extends RunEvent["type"]> = RunEvent & { readonly type: Type };

/** Devices in one event: a line of `run.ndjson` stays below some 200 KB. */
const DEVICES_AT_ONCE = 500;

/** The devices of a plan as events. */
export function* fleetEvents(devices: readonly PlannedDevice[]): Generator<Of<"fleet">> {
  for (const some of chunks(devices)) yield { type: "fleet", t: 0, devices: some };
}

/** What became of devices as events. @param t ms after time 0 */
export function* devicesEvents(rows: readonly DeviceRow[], t: number): Generator<Of<"devices">> {
  for (const some of chunks(rows)) yield { type: "devices", t, rows: some.map(recordedRow) };
}

function recordedRow(row: DeviceRow): RecordedRow {
  const { firstSeq: _first, ackedSeqs: _acked, failedSeqs: _failed, ...recorded } = row;
  return recorded;
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += DEVICES_AT_ONCE) {
    yield items.slice(at, at + DEVICES_AT_ONCE);
  }
}
