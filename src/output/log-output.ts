import type { Logger } from "../base/log.ts";
import type { Output, RunEvent } from "./output.ts";

/** The run's phases as log lines; what devices do, their workers log themselves. */
export function logOutput(log: Logger): Output {
  return {
    emit: (event) => logEvent(log, event),
    close: () => Promise.resolve(),
  };
}

function logEvent(log: Logger, event: RunEvent): void {
  switch (event.type) {
    case "plan": {
      const { scenario, target, seed, devices, workers } = event;
      log.info({ scenario, target, seed, devices, workers }, "run planned");
      return;
    }
    case "worker": {
      const { worker: workerId, boot, state, detail } = event;
      const fields = { workerId, boot, state, detail };
      if (state === "lost") log.warn(fields, "worker lost");
      else log.info(fields, "worker changed");
      return;
    }
    case "action": {
      const { kind, name, at, state, round, selected, done, failed, error } = event;
      const fields = { kind, name, at, state, round, selected, done };
      if (failed > 0) log.warn({ ...fields, failed, err: error }, "action failed");
      else log.info(fields, "action");
      return;
    }
    case "arrival": {
      const { reason, ratePerS, beforePerS, started } = event;
      if (reason !== "raise" && reason !== "refine")
        log.info({ reason, ratePerS, beforePerS, started }, "arrival");
      return;
    }
    case "control": {
      const { by, request, outcome, error } = event;
      log.info({ by, request, outcome, err: error }, "steered by hand");
      return;
    }
    case "resume": {
      log.info({ boot: event.boot, durationMs: event.t }, "run resumed");
      return;
    }
    case "summary": {
      const { verdict, devices, telemetry } = event.summary;
      log.info({ verdict, durationMs: event.t, devices, acked: telemetry.acked }, "run judged");
      return;
    }
    case "divergence": {
      const { deviceId, property, state, kind, sinceMs } = event;
      log.info({ deviceId, property, state, kind, sinceMs }, "twin divergence");
      return;
    }
    case "oracle":
    case "settled":
    case "begin":
    case "configuration":
    case "fleet":
    case "devices":
    case "ledger":
    case "end":
    case "enrollment":
    case "individualEnrollments":
    case "state":
    case "registration":
    case "throttled":
    case "connection":
    case "disconnection":
    case "certificate":
    case "desired":
    case "desiredDropped":
    case "desiredMissed":
    case "reported":
    case "twinPatch":
    case "methodCall":
    case "cloudMessage":
    case "method":
    case "model":
    case "fault":
    case "alert":
    case "error":
    case "snapshot":
      return;
    default:
      event satisfies never;
  }
}
