import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { DeviceState } from "../../metrics/device-row.ts";

/** What went wrong at one device lately, for those who ask why it does not follow. */
export interface DeviceNote {
  /** As it was before the end of the run stopped it; undefined = it told nothing. */
  readonly state?: DeviceState;
  /** When its connection was lost last, ms after time 0. */
  readonly disconnectedT?: number;
  /** What it was told last, by DPS, its hub or the network. */
  readonly error?: string;
}

const NOTHING: DeviceNote = {};

/** The last state, disconnection and error of every device. */
export class DeviceNotes {
  readonly #notes = new Map<string, DeviceNote>();

  /** Takes any event of a device that this is the registration id of. */
  observe(registrationId: string, event: DeviceEvent): void {
    const news = newsIn(event);
    if (news !== undefined)
      this.#notes.set(registrationId, { ...this.of(registrationId), ...news });
  }

  of(registrationId: string): DeviceNote {
    return this.#notes.get(registrationId) ?? NOTHING;
  }
}

function newsIn(event: DeviceEvent): DeviceNote | undefined {
  if (event.type === "disconnection") return { disconnectedT: event.t, error: event.error };
  if (event.type === "error") return { error: event.error };
  if (event.type !== "state") return undefined;
  // The end of the run stops all of them.
  return event.to === "stopped" && event.how === undefined ? undefined : { state: event.to };
}
