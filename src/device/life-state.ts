import type { DeviceState } from "../metrics/device-row.ts";

/** Which state may follow which. `failed` and `stopped` are final. */
const NEXT: Readonly<Record<DeviceState, readonly DeviceState[]>> = {
  // Assigned at once is who brought the name of its hub along.
  waiting: ["registering", "assigned", "stopped", "failed"],
  registering: ["assigned", "stopped", "failed"],
  assigned: ["connecting", "reconnecting", "stopped", "failed"],
  connecting: ["streaming", "registering", "stopped", "failed"],
  streaming: ["reconnecting", "stopped", "failed"],
  reconnecting: ["streaming", "registering", "stopped", "failed"],
  failed: [],
  stopped: [],
};

/** The state of one device as users see it; a step that the table does not have is a bug and throws. */
export class LifeState {
  readonly #onChange: (from: DeviceState, to: DeviceState) => void;
  #state: DeviceState = "waiting";

  constructor(onChange: (from: DeviceState, to: DeviceState) => void) {
    this.#onChange = onChange;
  }

  get current(): DeviceState {
    return this.#state;
  }

  get isFinal(): boolean {
    return NEXT[this.#state].length === 0;
  }

  to(next: DeviceState): void {
    const from = this.#state;
    if (!NEXT[from].includes(next)) throw new Error(`a device cannot go from ${from} to ${next}`);
    this.#state = next;
    this.#onChange(from, next);
  }
}
