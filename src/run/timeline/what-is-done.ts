import type { JsonObject } from "../../base/json.ts";
import type { TimelineAction } from "../../scenario/timeline-action.ts";

/** What an action does, for its events: without whom it is about and when. */
export function whatIsDone(action: TimelineAction): JsonObject {
  switch (action.kind) {
    case "twin":
      return { desired: action.desired };
    case "fault":
      return { fault: action.spec.kind, parameters: action.spec.parameters };
    case "mark":
      return { text: action.text };
    default:
      return action satisfies never;
  }
}
