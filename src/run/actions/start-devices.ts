import type { FleetControl } from "../control/fleet-control.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import { missedText } from "./missed-text.ts";

/** Boots the selected devices that are off; ends when all stream or have failed for good. */
export const startDevices =
  (options: {
    /** There by the time that the first action is due. */
    readonly control: () => Pick<FleetControl, "start">;
  }): ActionDoer =>
  async ({ planned: { action }, devices, signal }: ActionRound): Promise<ActionOutcome> => {
    if (action.kind !== "start") throw new TypeError("no start action");
    const { done, missed } = await options
      .control()
      .start(devices, { overMs: action.overMs, signal });
    return { done: done.length, errors: missed.map(missedText) };
  };
