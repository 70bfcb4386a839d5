import type { DeviceState } from "../../metrics/device-row.ts";
import type { FleetControl } from "./fleet-control.ts";

/** How many devices are on. */
export interface ScaleState {
  /** The first so many of the plan. */
  readonly wanted: number;
  readonly of: number;
  /** Devices that are on their way off, or back. */
  readonly left: number;
}

export interface FleetScaleOptions {
  /** Registration ids in the order of the plan. */
  readonly ids: readonly string[];
  readonly control: Pick<FleetControl, "stop" | "start">;
  /** undefined = no such device. */
  readonly stateOf: (registrationId: string) => DeviceState | undefined;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
}

/** Makes a fleet smaller from the end of its plan, and as large again as it was planned. */
export class FleetScale {
  readonly #options: FleetScaleOptions;
  #wanted: number;
  /** Devices that went off once; those that are on again among them. */
  readonly #touched = new Set<string>();

  constructor(options: FleetScaleOptions) {
    this.#options = options;
    this.#wanted = options.ids.length;
  }

  get state(): ScaleState {
    const { ids, stateOf } = this.#options;
    const left = ids.filter((id, index) => {
      if (!this.#touched.has(id)) return false;
      const state = stateOf(id);
      const isOver = state === "failed" || state === undefined;
      return !isOver && state !== (index < this.#wanted ? "streaming" : "stopped");
    });
    return { wanted: this.#wanted, of: ids.length, left: left.length };
  }

  /** Whether a device went off here: from then on it is none of the arrival's. */
  hasTouched(registrationId: string): boolean {
    return this.#touched.has(registrationId);
  }

  /**
   * Lets the first so many devices be on.
   *
   * @param wanted 0 to all @param perS devices a second that come back; undefined = all at once
   */
  to(wanted: number, perS: number | undefined): void {
    const { ids, control, signal } = this.#options;
    const before = this.#wanted;
    this.#wanted = wanted;
    if (wanted < before) {
      const off = ids.slice(wanted, before);
      for (const id of off) this.#touched.add(id);
      unwatched(control.stop(off, "inOrder", { signal }), signal);
    } else if (wanted > before) {
      const back = ids.slice(before, wanted);
      const overMs = perS === undefined ? 0 : (back.length * 1_000) / perS;
      unwatched(control.start(back, { signal, overMs }), signal);
    }
  }
}

/** How it comes out is in the states of the devices; that the run ends meanwhile is no matter. */
function unwatched(work: Promise<unknown>, signal: AbortSignal): void {
  work.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
