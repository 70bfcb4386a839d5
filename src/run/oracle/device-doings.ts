import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Doing } from "./divergence-watch.ts";

interface Known {
  doing: Doing;
  /** Faults that keep it from its hub. */
  cuts: number;
  inner: JsonObject;
}

const WAITING: Doing = { state: "waiting", sinceT: 0, onPurpose: true };

/** What each device is doing and what it takes its properties to be, by its own events. */
export class DeviceDoings {
  readonly #devices = new Map<string, Known>();

  /** Takes a device's event; those that are looked at name the registration id. */
  observe(event: DeviceEvent): void {
    if (event.type === "settled") {
      this.#of(event.deviceId).inner = event.values;
    } else if (event.type === "fault" && event.kind === "disconnect") {
      const known = this.#of(event.deviceId);
      known.cuts = Math.max(0, known.cuts + (event.state === "begun" ? 1 : -1));
    } else if (event.type === "state") {
      const { to: state, t: sinceT } = event;
      this.#of(event.deviceId).doing = { state, sinceT, onPurpose: false };
    }
  }

  doing(registrationId: string): Doing {
    const known = this.#devices.get(registrationId);
    if (known === undefined) return WAITING;
    const { doing, cuts } = known;
    const { state } = doing;
    const isOff = state === "stopped" || state === "waiting";
    return { ...doing, onPurpose: isOff || (cuts > 0 && state !== "streaming") };
  }

  /** {} where the device does not tell. */
  inner(registrationId: string): JsonObject {
    return this.#devices.get(registrationId)?.inner ?? {};
  }

  #of(registrationId: string): Known {
    const known = this.#devices.get(registrationId) ?? { doing: WAITING, cuts: 0, inner: {} };
    this.#devices.set(registrationId, known);
    return known;
  }
}
