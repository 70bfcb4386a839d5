import { DPS_LIMITS } from "../../base/azure-limits.ts";
import { formatDuration } from "../../base/units.ts";
import { dueTimes } from "../../plan/adaptive-arrival.ts";
import type { Plan } from "../../plan/plan.ts";
import { mostInWindow } from "../../run/forecast/registrations.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Finding } from "../finding.ts";
import { ok, warn } from "../finding.ts";

/**
 * Whether the fleet arrives no faster than DPS lets it register.
 * Source: Microsoft Learn, "Azure IoT Hub Device Provisioning Service limits": registrations in a minute, for each instance.
 */
export function checkArrival(
  { arrival }: Pick<Scenario, "arrival">,
  plan: Pick<Plan, "devices" | "adaptive" | "target">,
): Finding {
  const { devices, target } = plan;
  if (plan.adaptive !== undefined) {
    return ok("limits", `${devices.length} devices as fast as DPS takes them (rate: adaptive)`);
  }
  const limit = arrival.dpsLimitPerMinute ?? DPS_LIMITS.registrationsPerMinute;
  const dueMs = dueTimes(plan);
  const inMinute = mostInWindow(dueMs);
  const within = formatDuration(dueMs.at(-1) ?? 0);
  const what = `${devices.length} devices within ${within}: at most ${inMinute} registrations in a minute`;
  if (target === "emulator" || inMinute <= limit) return ok("limits", what);
  return warn(
    "limits",
    `${what}, DPS lets ${limit} through`,
    "slower: --rate auto; what is throttled is done again, and takes longer",
  );
}
