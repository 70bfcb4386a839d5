import type { TimelineAction } from "../scenario/timeline-action.ts";
import type { PlannedSelection } from "./select-devices.ts";

/**
 * When an action is due: so many ms after time 0, after every device is connected, or after another
 * action has ended.
 */
export type ActionTime =
  | { readonly from: "start"; readonly delayMs: number }
  | { readonly from: "connected"; readonly delayMs: number }
  | { readonly from: "action"; readonly index: number; readonly delayMs: number };

/** One entry of the timeline, as the run does it. */
export interface PlannedAction {
  /** Its position in the scenario's timeline, from 0; what names it in events. */
  readonly index: number;
  /** As the scenario calls it. */
  readonly name?: string | undefined;
  /** When it is due, as results show it: `12s`, `connected + 5s`. */
  readonly at: string;
  readonly when: ActionTime;
  /** It is done `times` times, `everyMs` from begin to begin. */
  readonly repeat: { readonly times: number; readonly everyMs: number };
  /** Whom it is about; nobody, where it is about no devices. */
  readonly selection: PlannedSelection;
  readonly action: TimelineAction;
}

/** Whether an action is about devices, but about none of this part of the fleet. */
export const isOfOtherParts = ({ action, selection: { ids, asked } }: PlannedAction): boolean =>
  "devices" in action && action.devices !== undefined && ids.length === 0 && asked.length === 0;

/**
 * When an action is due if all goes as planned, ms after time 0; for forecasts.
 *
 * @param connectedMs when all devices are taken to be connected
 */
export function expectedMs(
  { when }: Pick<PlannedAction, "when">,
  timeline: readonly PlannedAction[],
  connectedMs: number,
): number {
  if (when.from === "start") return when.delayMs;
  if (when.from === "connected") return connectedMs + when.delayMs;
  const anchor = timeline.find(({ index }) => index === when.index);
  if (anchor === undefined) return when.delayMs;
  const { times, everyMs } = anchor.repeat;
  const roundsMs = (times - 1) * everyMs + lastsMs(anchor.action);
  return expectedMs(anchor, timeline, connectedMs) + roundsMs + when.delayMs;
}

/** How long one round of an action takes at least, ms. */
function lastsMs(action: TimelineAction): number {
  if (action.kind === "fault") return action.spec.times.forMs ?? 0;
  if (action.kind === "serviceFault") return action.forMs ?? 0;
  if (action.kind === "stop") return action.forMs ?? 0;
  if (action.kind === "start") return action.overMs;
  return action.kind === "churn" ? (action.forMs ?? 0) + action.awayMs : 0;
}
