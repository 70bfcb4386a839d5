import { begunText } from "../../output/action-text.ts";
import type { Plan } from "../../plan/plan.ts";
import { expectedMs } from "../../plan/planned-action.ts";
import { memberOf } from "../../scenario/timeline-action.ts";
import { whatIsDone } from "../timeline/what-is-done.ts";

/** An action of the timeline, as far as one knows beforehand. */
export interface ExpectedAction {
  /** When it is due if all goes as planned, seconds after time 0. */
  readonly atS: number;
  /** The same as the scenario has it. */
  readonly at: string;
  readonly name: string | null;
  /** In words, with the devices that the plan knows. */
  readonly does: string;
  /** Devices that the plan knows; those at a hub or found by a query come to that. */
  readonly devices: number;
  readonly rounds: number;
}

/** In the order in which they are due. Faults of devices that the plan has are the devices' own. */
export const expectedActions = (
  { timeline }: Pick<Plan, "timeline">,
  connectedMs: readonly (number | null)[],
): readonly ExpectedAction[] => {
  const allConnectedMs = connectedMs.reduce<number>((last, ms) => Math.max(last, ms ?? 0), 0);
  return timeline
    .map((planned) => {
      const { action, at, name = null, repeat, selection } = planned;
      const devices = selection.ids.length;
      const kind = memberOf(action.kind);
      const what = whatIsDone(action, 1);
      return {
        atS: expectedMs(planned, timeline, allConnectedMs) / 1_000,
        at,
        name,
        does: begunText({ kind, what, selected: devices, round: 1, rounds: 1 }),
        devices,
        rounds: repeat.times,
      };
    })
    .toSorted((a, b) => a.atS - b.atS);
};
