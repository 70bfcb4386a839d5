import { FleetError } from "../../base/errors.ts";
import { parseRate } from "../../base/units.ts";
import type { ControlDone, FleetStatus } from "../../control/control-answer.ts";
import type { ControlRequest } from "../../control/control-request.ts";
import type { ControlEvent, ControlSource } from "../../output/output.ts";
import type { SteeredArrival } from "../arrival/steered-arrival.ts";

/** What of a run can be steered. */
export interface SteeredRun {
  readonly status: FleetStatus;
  /** undefined until devices may start. */
  readonly arrival: SteeredArrival | undefined;
  /** Ends the run in good order; safe to call twice. */
  finish(): void;
}

/** Does what people ask of a running fleet, whatever way they came, and tells the record of it. */
export class ControlDesk {
  readonly #run: SteeredRun;
  readonly #emit: (event: ControlEvent) => void;

  constructor(run: SteeredRun, emit: (event: ControlEvent) => void) {
    this.#run = run;
    this.#emit = emit;
  }

  /** @throws {FleetError} `REFUSED` where it cannot be done as the run is */
  async ask(request: ControlRequest, by: ControlSource): Promise<ControlDone> {
    if (request.do === "status") return { ok: true, changed: false, status: this.#run.status };
    const t = Math.round(this.#run.status.t);
    try {
      const changed = await this.#do(request);
      const outcome = changed ? "done" : "unchanged";
      this.#emit({ type: "control", t, by, request, outcome });
      return { ok: true, changed, status: this.#run.status };
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#emit({ type: "control", t, by, request, outcome: "refused", error: error.message });
      throw error;
    }
  }

  /** @returns whether anything is other than before */
  async #do(request: Exclude<ControlRequest, { readonly do: "status" }>): Promise<boolean> {
    switch (request.do) {
      case "pause":
        return this.#pause();
      case "resume":
        return this.#resume();
      case "rate":
        return this.#setArrivalRate(parseRate(request.arrival) ?? Number.NaN);
      case "stop":
        return this.#stop();
      default:
        return request satisfies never;
    }
  }

  #pause(): boolean {
    const arrival = this.#arriving();
    if (arrival.state.isPaused) return false;
    arrival.pause();
    return true;
  }

  #resume(): boolean {
    const arrival = this.#arriving();
    if (!arrival.state.isPaused) return false;
    arrival.resume();
    return true;
  }

  #setArrivalRate(perS: number): boolean {
    const arrival = this.#arriving();
    if (arrival.state.ratePerS === perS) return false;
    arrival.setRate(perS);
    return true;
  }

  #stop(): boolean {
    if (this.#run.status.phase === "ending") return false;
    this.#run.finish();
    return true;
  }

  /** The arrival, with devices to come. */
  #arriving(): SteeredArrival {
    const { arrival, status } = this.#run;
    if (status.phase === "ending") throw new FleetError("REFUSED", "the run is ending");
    if (arrival === undefined) {
      throw new FleetError("REFUSED", "no device may start yet: the run is being set up", {
        hint: "ask again when ctl status says running",
      });
    }
    const { started, total } = arrival.state;
    if (started >= total) {
      throw new FleetError("REFUSED", `all ${total} devices have been started already`);
    }
    return arrival;
  }
}
