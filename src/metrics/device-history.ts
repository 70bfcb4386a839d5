import type { DeviceRow, DeviceState, PlannedDevice } from "./device-row.ts";
import { isOff, unheardOf } from "./device-row.ts";

/** How far a device is. */
export type DeviceProgress = Pick<DeviceRow, "state" | "wasConnected" | "expectedRefusal">;

/** All that the workers told of one planned device, over every life of its worker. Adding is order-free. */
export class DeviceHistory {
  readonly #planned: PlannedDevice;
  /** By boot: the row of the highest snapshot sequence. */
  readonly #boots = new Map<number, { readonly sequence: number; readonly row: DeviceRow }>();
  /** The boot that was lost, and what the device is until the next boot speaks. */
  #lost: { readonly boot: number; readonly state: DeviceState } | undefined;

  constructor(planned: PlannedDevice) {
    this.#planned = planned;
  }

  add(row: DeviceRow, sequence: number): void {
    const known = this.#boots.get(row.boot);
    if (known === undefined || sequence > known.sequence) {
      this.#boots.set(row.boot, { sequence, row });
    }
  }

  /** The row of each boot, earliest first. */
  boots(): readonly DeviceRow[] {
    return [...this.#boots.values()]
      .map(({ row }) => row)
      .toSorted((first, second) => first.boot - second.boot);
  }

  /** The state now: the last boot's, unless that boot was lost. */
  state(): DeviceState {
    const last = this.#last();
    if (last === undefined) return "waiting";
    return this.#lost?.boot === last.boot ? this.#lost.state : last.state;
  }

  /** As in the row, which costs more. */
  progress(): DeviceProgress {
    let wasConnected = false;
    for (const { row } of this.#boots.values()) wasConnected ||= row.wasConnected;
    return { state: this.state(), wasConnected, expectedRefusal: this.#planned.expectedRefusal };
  }

  /** The worker died: a device that was not at its end waits for the next boot. */
  markLost(worker: number): void {
    const last = this.#last();
    if (last === undefined || last.worker !== worker) return;
    if (isOff(last.state)) return;
    this.#lost = { boot: last.boot, state: last.wasConnected ? "reconnecting" : "waiting" };
  }

  /** One row over all boots: the last boot's, with counts summed and "was" flags joined. */
  row(): DeviceRow {
    const boots = this.boots();
    const last = boots.at(-1);
    if (last === undefined) return unheardOf(this.#planned);
    const { expectedRefusal } = this.#planned;
    const sum = (count: (row: DeviceRow) => number): number =>
      boots.reduce((total, row) => total + count(row), 0);
    // A new boot knows its assignment only after a while; until then the earlier one's is the best there is.
    const assigned = boots.findLast((row) => row.hub !== "");
    const { firstSeq: _, ...newest } = last;
    return {
      ...newest,
      deviceId: assigned?.deviceId ?? "",
      hub: assigned?.hub ?? "",
      state: this.state(),
      registrationMs: boots.findLast((row) => row.registrationMs !== null)?.registrationMs ?? null,
      connectionMs: boots.findLast((row) => row.connectionMs !== null)?.connectionMs ?? null,
      attempts: sum((row) => row.attempts),
      reconnects: sum((row) => row.reconnects),
      sent: sum((row) => row.sent),
      acked: sum((row) => row.acked),
      failed: sum((row) => row.failed),
      wasAssigned: boots.some((row) => row.wasAssigned),
      wasConnected: boots.some((row) => row.wasConnected),
      isUp: last.isUp && this.#lost?.boot !== last.boot,
      ...(expectedRefusal === undefined ? {} : { expectedRefusal }),
    };
  }

  /** Where the newest boot that knows it says that it belongs. */
  assignment(): { readonly hub: string; readonly deviceId: string } | undefined {
    const row = this.boots().findLast(({ hub }) => hub !== "");
    return row === undefined ? undefined : { hub: row.hub, deviceId: row.deviceId };
  }

  #last(): DeviceRow | undefined {
    let last: DeviceRow | undefined;
    for (const { row } of this.#boots.values()) {
      if (last === undefined || row.boot > last.boot) last = row;
    }
    return last;
  }
}
