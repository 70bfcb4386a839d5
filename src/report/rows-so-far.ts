import type { DeviceRow } from "../metrics/device-row.ts";
import { unheardOf } from "../metrics/device-row.ts";
import type { RunEvent } from "../output/output.ts";

/**
 * Rows of devices by what happened to them, for a record that ends before the rows. Messages of single devices are not
 * events, so their counts stay 0. A device is known by its device id, which is the registration id in a group.
 */
export class RowsSoFar {
  readonly #rows = new Map<string, DeviceRow>();

  apply(event: RunEvent): void {
    if (event.type === "fleet") {
      for (const device of event.devices) this.#rows.set(device.registrationId, unheardOf(device));
    } else if (event.type === "state") {
      this.#change(event.deviceId, () => ({ state: event.to, isUp: event.to === "streaming" }));
    } else if (event.type === "registration") {
      this.#change(event.deviceId, ({ attempts, registrationMs }) => ({
        deviceId: event.deviceId,
        hub: event.hub,
        attempts: attempts + event.attempts,
        registrationMs: registrationMs ?? event.ms,
        wasAssigned: true,
      }));
    } else if (event.type === "connection") {
      this.#change(event.deviceId, ({ connectionMs, reconnects }) => ({
        deviceId: event.deviceId,
        hub: event.hub,
        connectionMs: connectionMs ?? event.ms,
        reconnects: reconnects + Number(event.reconnect),
        wasConnected: true,
        errorClass: null,
        error: null,
      }));
    } else if (event.type === "disconnection" || event.type === "error") {
      this.#change(event.deviceId, () => ({ errorClass: event.errorClass, error: event.error }));
    }
  }

  all(): readonly DeviceRow[] {
    return [...this.#rows.values()];
  }

  #change(id: string, changes: (row: DeviceRow) => Partial<DeviceRow>): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, ...changes(row) });
  }
}
