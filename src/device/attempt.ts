import type { AttemptedService } from "../metrics/metric-info.ts";
import type { DeviceContext } from "./device-context.ts";

/**
 * Every attempt to connect begins here: it waits for its turn under the fleet's limit, then counts. Ask for it inside the
 * slot, so that it goes at once when its turn has come.
 *
 * @returns how long it waited, ms; rejects with the signal's reason
 */
export async function attempt(
  { pace, recorder, clock }: Pick<DeviceContext, "pace" | "recorder" | "clock">,
  service: AttemptedService,
  signal: AbortSignal,
): Promise<number> {
  const waitedMs = await pace.pass(signal);
  if (pace.isLimited) recorder.observe("connection_wait_ms", waitedMs, clock() - waitedMs);
  recorder.count("connection_attempts", 1, { service });
  return waitedMs;
}
