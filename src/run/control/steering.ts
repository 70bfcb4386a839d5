import { FleetError } from "../../base/errors.ts";

/** The end of a run: the user's stop, or that somebody who steers the run ends it. */
export class Steering {
  readonly #finish = new AbortController();
  /** Aborts with either. */
  readonly stop: AbortSignal;

  /** @param userStop the user's */
  constructor(userStop: AbortSignal) {
    this.stop = AbortSignal.any([userStop, this.#finish.signal]);
  }

  /** Whether somebody has ended it. */
  get isFinished(): boolean {
    return this.#finish.signal.aborted;
  }

  /** Ends the run in good order; safe to call twice. */
  finish(): void {
    this.#finish.abort(new FleetError("INTERRUPTED", "stopped by ctl"));
  }
}
