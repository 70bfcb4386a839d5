import type { StopKind } from "../base/stop-kind.ts";
import type { DeviceState } from "../metrics/device-row.ts";
import { isOff } from "../metrics/device-row.ts";

/** What comes first where a device that was off boots: its model may break at once. */
const BOOTED = ["registering", "assigned", "failed"] as const;

/** Which state may follow which. */
const NEXT: Readonly<Record<DeviceState, readonly DeviceState[]>> = {
  // Assigned at once is who brought the name of its hub along.
  waiting: ["registering", "assigned", "stopped", "failed"],
  registering: ["assigned", "stopped", "failed"],
  assigned: ["connecting", "reconnecting", "stopped", "failed"],
  connecting: ["streaming", "registering", "stopped", "failed"],
  streaming: ["reconnecting", "stopped", "failed"],
  reconnecting: ["streaming", "registering", "stopped", "failed"],
  failed: BOOTED,
  stopped: BOOTED,
};

type OnStateChange = (from: DeviceState, to: DeviceState, how: StopKind | undefined) => void;

/** The state of one device as users see it, over all its boots; a step that the table does not have is a bug and throws. */
export class LifeState {
  readonly #onChange: OnStateChange;
  #state: DeviceState = "waiting";
  #isUp = false;

  constructor(onChange: OnStateChange) {
    this.#onChange = onChange;
  }

  get current(): DeviceState {
    return this.#state;
  }

  /** The device is streaming, or was when the end of the run switched it off. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** The device is off, for good unless it is started again. */
  get isOver(): boolean {
    return isOff(this.#state);
  }

  /** @param how the run stops the device while it goes on */
  to(next: DeviceState, how?: StopKind): void {
    const from = this.#state;
    if (!NEXT[from].includes(next)) throw new Error(`a device cannot go from ${from} to ${next}`);
    this.#state = next;
    const isRunOver = next === "stopped" && how === undefined;
    this.#isUp = next === "streaming" || (from === "streaming" && isRunOver);
    this.#onChange(from, next, how);
  }
}
