import { FleetError } from "../../base/errors.ts";
import { toMicroseconds } from "../../base/units.ts";
import { LatencyHistogram } from "../../metrics/histogram.ts";
import type { MethodCallEvent } from "../../output/output.ts";
import { invokeMethod } from "../../service/invoke-method.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import type { AskedServices } from "./service-doers.ts";
import { atHubs, outcomeOf, placesOf } from "./service-doers.ts";

/** Calls a direct method on each device, no faster than its hub takes it, and tells each answer. */
export const callMethods =
  (options: {
    readonly services: () => Pick<AskedServices, "hubs">;
    /** ms after time 0. */
    readonly clock: () => number;
    readonly emit: (event: MethodCallEvent) => void;
  }): ActionDoer =>
  async ({ planned, round, devices, dueMs, signal }: ActionRound): Promise<ActionOutcome> => {
    const { action, index } = planned;
    if (action.kind !== "method") throw new TypeError("no method action");
    const { name, payload, timeoutS: responseTimeoutS, expect } = action;
    const { clock, emit } = options;
    const times = new LatencyHistogram();
    const answers: Record<string, number> = {};
    const { outcomes, errors } = await atHubs({
      places: placesOf(devices, options.services().hubs),
      pace: "methods",
      signal,
      work: async ({ registrationId, at: { hub, deviceId } }, stop) => {
        const askedT = toMicroseconds(clock());
        const request = { name, payload, responseTimeoutS, connectTimeoutS: 0 };
        const { status } = await invokeMethod(hub, deviceId, request, stop);
        const t = toMicroseconds(clock());
        const ms = toMicroseconds(t - askedT);
        const waitedMs = toMicroseconds(Math.max(0, askedT - dueMs));
        times.record(ms);
        const statusClass = `${Math.floor(status / 100)}xx`;
        answers[statusClass] = (answers[statusClass] ?? 0) + 1;
        const told = { deviceId: registrationId, action: index, round, name, status };
        emit({ type: "methodCall", t, ms, waitedMs, ...told });
        if (expect === undefined ? status >= 300 : status !== expect) {
          throw new FleetError("REFUSED", `${registrationId} answered ${name} with ${status}`);
        }
      },
    });
    return { ...outcomeOf(outcomes, errors), calls: { answers, times: times.encode() } };
  };
