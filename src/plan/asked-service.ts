import type { ActionKind } from "../scenario/timeline-action.ts";
import type { Plan } from "./plan.ts";
import type { PlannedAction } from "./planned-action.ts";
import { isOfOtherParts } from "./planned-action.ts";

/** What service access a run needs; `emulator`: what only an emulator can do. */
export type AskedService = "hubs" | "dps" | "emulator";

/** Which service an action asks; null = none, it is the run's own doing. */
const ASKED: Readonly<Record<ActionKind, AskedService | null>> = {
  twin: "hubs",
  method: "hubs",
  message: "hubs",
  identity: "hubs",
  enrollment: "dps",
  hub: "emulator",
  serviceFault: "emulator",
  endFault: "emulator",
  fault: null,
  stop: null,
  start: null,
  churn: null,
  renew: null,
  mark: null,
};

/** Whether an action asks a service, itself or to find out whom it is about. */
export const asksService = (
  { action, selection }: Pick<PlannedAction, "action" | "selection">,
  service: AskedService,
): boolean => ASKED[action.kind] === service || (service === "hubs" && selection.asked.length > 0);

/** Whether a service is asked for anything before the end, for this part of the fleet. */
export const planAsks = (
  { timeline, oracle, durationMs = Infinity }: Pick<Plan, "timeline" | "oracle" | "durationMs">,
  service: AskedService,
): boolean =>
  (service === "hubs" && oracle !== undefined) ||
  timeline.some(
    (planned) =>
      !isOfOtherParts(planned) &&
      asksService(planned, service) &&
      (planned.when.from !== "start" || planned.when.delayMs <= durationMs),
  );
