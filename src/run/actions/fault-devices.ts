import { sleep } from "../../base/retry.ts";
import type { FleetControl } from "../control/fleet-control.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import { missedText } from "./missed-text.ts";

/**
 * Puts a fault on the selected devices, where only the run knows which these are or when; ends when it is over, or with
 * its begin where it stays.
 */
export const faultDevices =
  (options: {
    /** There by the time that the first action is due. */
    readonly control: () => Pick<FleetControl, "fault">;
    /** ms after time 0. */
    readonly clock: () => number;
  }): ActionDoer =>
  async ({ planned, devices, signal }: ActionRound): Promise<ActionOutcome> => {
    const { action, at } = planned;
    if (action.kind !== "fault") throw new TypeError("no fault action");
    const { kind, parameters, times } = action.spec;
    const { forMs } = times;
    const beganMs = options.clock();
    const begun = await options
      .control()
      .fault(devices, { kind, parameters, forMs, at }, { signal });
    if (forMs !== undefined) await sleep(beganMs + forMs - options.clock(), signal);
    return { done: begun.done.length, errors: begun.missed.map(missedText) };
  };
