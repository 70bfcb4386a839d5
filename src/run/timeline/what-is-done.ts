import type { JsonObject } from "../../base/json.ts";
import { formatDuration, formatRate } from "../../base/units.ts";
import { steppedValues } from "../../base/stepped-values.ts";
import type { TimelineAction } from "../../scenario/timeline-action.ts";

/**
 * What an action does, for its events: without whom it is about and when.
 *
 * @param round from 1; 0 = it is not done
 */
export function whatIsDone(action: TimelineAction, round: number): JsonObject {
  switch (action.kind) {
    case "twin":
      return {
        desired: steppedValues(action.desired, action.step, Math.max(0, round - 1)),
        ...(action.mode === "replace" ? { mode: action.mode } : {}),
      };
    case "fault":
      return { fault: action.spec.kind, parameters: action.spec.parameters };
    case "stop": {
      const { how, forMs } = action;
      return { how, ...(forMs !== undefined && { for: formatDuration(forMs) }) };
    }
    case "start":
      return { over: formatDuration(action.overMs) };
    case "churn": {
      const { how, ratePerS, awayMs, forMs } = action;
      return {
        rate: formatRate(ratePerS),
        away: formatDuration(awayMs),
        how,
        ...(forMs !== undefined && { for: formatDuration(forMs) }),
      };
    }
    case "serviceFault": {
      const { service, operations, kind, parameters, times } = action.fault;
      return {
        fault: kind,
        parameters,
        ...(service !== undefined && { service }),
        ...(operations !== undefined && { operations: [...operations] }),
        ...(times !== undefined && { times }),
        ...(action.forMs !== undefined && { for: formatDuration(action.forMs) }),
      };
    }
    case "endFault":
      return { end: action.name };
    case "method": {
      const { name, payload, timeoutS, expect } = action;
      return { name, payload, timeout: `${timeoutS}s`, ...(expect !== undefined && { expect }) };
    }
    case "message":
      return { body: action.body, properties: action.properties };
    case "identity":
    case "enrollment":
      return { do: action.does };
    case "hub":
      return { do: action.does, host: action.host };
    case "renew":
      return {};
    case "mark":
      return { text: action.text };
    default:
      return action satisfies never;
  }
}
