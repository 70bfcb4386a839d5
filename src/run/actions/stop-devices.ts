import { sleep } from "../../base/retry.ts";
import type { FleetControl } from "../control/fleet-control.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import { missedText } from "./missed-text.ts";

/** Switches the selected devices off and, where the action says so, those that were on later on again: then it ends. */
export const stopDevices =
  (options: {
    /** There by the time that the first action is due. */
    readonly control: () => Pick<FleetControl, "isOff" | "start" | "stop">;
    /** ms after time 0. */
    readonly clock: () => number;
  }): ActionDoer =>
  async ({ planned: { action }, devices, dueMs, signal }: ActionRound): Promise<ActionOutcome> => {
    if (action.kind !== "stop") throw new TypeError("no stop action");
    const { how, forMs } = action;
    const control = options.control();
    const on = new Set(devices.filter((id) => !control.isOff(id)));
    const left = await control.stop(devices, how, { signal });
    if (forMs === undefined) return { done: left.done.length, errors: left.missed.map(missedText) };
    await sleep(dueMs + forMs - options.clock(), signal);
    const gone = left.done.filter((id) => on.has(id));
    const back = await control.start(gone, { signal });
    return { done: back.done.length, errors: [...left.missed, ...back.missed].map(missedText) };
  };
