import { defined } from "../../base/defined.ts";
import { FleetError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { parseDuration, parseRate } from "../../base/units.ts";
import type { ControlDone, FleetStatus } from "../../control/control-answer.ts";
import type { ControlRequest } from "../../control/control-request.ts";
import type { ControlEvent, ControlSource } from "../../output/output.ts";
import type { SteeredFleet } from "./steered-fleet.ts";

/** What of a run can be steered. */
export interface SteeredRun {
  readonly status: FleetStatus;
  /** undefined until devices may start. */
  readonly fleet: SteeredFleet | undefined;
  /** Ends the run in good order; safe to call twice. */
  finish(): void;
}

/** What was done, without the fleet after it. */
type Done = Pick<ControlDone, "changed" | "selected" | "action">;

type Request<Name extends ControlRequest["do"]> = Extract<ControlRequest, { readonly do: Name }>;

/** Does what people ask of a running fleet, whatever way they came, and tells the record of it. */
export class ControlDesk {
  readonly #run: SteeredRun;
  readonly #emit: (event: ControlEvent) => void;

  constructor(run: SteeredRun, emit: (event: ControlEvent) => void) {
    this.#run = run;
    this.#emit = emit;
  }

  /** @throws {FleetError} `REFUSED` where it cannot be done as the run is, `USAGE` where it never can */
  async ask(request: ControlRequest, by: ControlSource): Promise<ControlDone> {
    if (request.do === "status") return { ok: true, changed: false, status: this.#run.status };
    const t = Math.round(this.#run.status.t);
    const told = { type: "control", t, by, request: defined(request) } as const;
    let done: Done;
    try {
      done = await this.#do(request);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#emit({ ...told, outcome: "refused", error: error.message });
      throw error;
    }
    this.#emit({ ...told, outcome: done.changed ? "done" : "unchanged" });
    return { ok: true, ...done, status: this.#run.status };
  }

  async #do(request: Exclude<ControlRequest, { readonly do: "status" }>): Promise<Done> {
    switch (request.do) {
      case "pause":
        return this.#pause();
      case "resume":
        return this.#resume();
      case "scale":
        return this.#scale(request);
      case "rate":
        return this.#rate(request);
      case "act":
        return this.#act(request.action);
      case "stop":
        return this.#stop();
      default:
        return request satisfies never;
    }
  }

  #pause(): Done {
    const { arrival } = this.#arriving();
    if (arrival.state.isPaused) return { changed: false };
    arrival.pause();
    return { changed: true };
  }

  #resume(): Done {
    const { arrival } = this.#arriving();
    if (!arrival.state.isPaused) return { changed: false };
    arrival.resume();
    return { changed: true };
  }

  #scale({ devices, rate }: Request<"scale">): Done {
    const { scale, arrival, plannedPerS } = this.#running();
    const { wanted, of } = scale.state;
    if (devices > of) {
      throw new FleetError("REFUSED", `this run has ${of} devices, and no more than that`, {
        problems: [{ place: "devices", message: `expected 0 to ${of}, got ${devices}` }],
        hint: `devices beyond those of its plan need a run of their own: --devices ${devices}`,
      });
    }
    if (devices === wanted) return { changed: false };
    const askedPerS = rate === undefined ? undefined : parseRate(rate);
    scale.to(devices, askedPerS ?? arrival.state.ratePerS ?? plannedPerS);
    return { changed: true };
  }

  async #rate({ arrival: written, telemetry, devices }: Request<"rate">): Promise<Done> {
    const fleet = this.#running();
    if (written === undefined && telemetry === undefined) {
      throw new FleetError("USAGE", "expected arrival or telemetry, got nothing to change");
    }
    if (devices !== undefined && telemetry === undefined) {
      throw new FleetError("USAGE", "devices says who sends at the interval of telemetry: give it");
    }
    // Whatever is wrong is found before anything is changed.
    const { arrival } = written === undefined ? fleet : this.#arriving();
    const intervalMs = telemetry === undefined ? undefined : parseDuration(telemetry);
    const ids = intervalMs === undefined ? [] : await fleet.select(devices ?? "*");
    const perS = written === undefined ? undefined : parseRate(written);
    const isOther = perS !== undefined && arrival.state.ratePerS !== perS;
    if (isOther) arrival.setRate(perS);
    if (intervalMs === undefined) return { changed: isOther };
    fleet.retune(ids, intervalMs);
    return { changed: true, selected: ids.length };
  }

  async #act(action: JsonObject): Promise<Done> {
    return { changed: true, action: await this.#running().act(action) };
  }

  #stop(): Done {
    if (this.#run.status.phase === "ending") return { changed: false };
    this.#run.finish();
    return { changed: true };
  }

  /** The fleet, whose devices may start. */
  #running(): SteeredFleet {
    const { fleet, status } = this.#run;
    if (status.phase === "ending") throw new FleetError("REFUSED", "the run is ending");
    if (fleet !== undefined) return fleet;
    throw new FleetError("REFUSED", "no device may start yet: the run is being set up", {
      hint: "ask again when ctl status says running",
    });
  }

  /** The fleet, with devices to come. */
  #arriving(): SteeredFleet {
    const fleet = this.#running();
    const { started, total } = fleet.arrival.state;
    if (started < total) return fleet;
    throw new FleetError("REFUSED", `all ${total} devices have been started already`);
  }
}
