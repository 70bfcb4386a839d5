import type { DeviceRow } from "../metrics/device-row.ts";

/**
 * Notices devices of the fleet that DPS has made one and the same: individual enrollments may give two registration ids
 * one device id at one hub, which nobody knows before they are assigned.
 */
export class DeviceIdWatch {
  /** The registration id that was the first at each place. */
  readonly #firstAt = new Map<string, string>();
  /** Where each registration id is. */
  readonly #placeOf = new Map<string, string>();
  readonly #told = new Set<string>();

  /** @param rows as they are now @returns what to warn of, each pair once */
  look(rows: readonly Pick<DeviceRow, "registrationId" | "deviceId" | "hub">[]): readonly string[] {
    return rows.flatMap(({ registrationId, deviceId, hub }): readonly string[] => {
      const place = `${hub} ${deviceId}`;
      const before = this.#placeOf.get(registrationId);
      if (deviceId === "" || before === place) return [];
      if (before !== undefined && this.#firstAt.get(before) === registrationId) {
        this.#firstAt.delete(before);
      }
      this.#placeOf.set(registrationId, place);
      const first = this.#firstAt.get(place);
      if (first === undefined) this.#firstAt.set(place, registrationId);
      if (first === undefined || this.#told.has(`${first} ${registrationId}`)) return [];
      this.#told.add(`${first} ${registrationId}`);
      return [
        `"${first}" and "${registrationId}" were both assigned the device id "${deviceId}" at ${hub}, and throw each other out: ` +
          "give their enrollments device ids of their own",
      ];
    });
  }
}
