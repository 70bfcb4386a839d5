import type { RunEvent } from "./output.ts";
import { plural, timeScaleText } from "./terminal-text.ts";

const arrivalText = (endMs: number | null): string =>
  endMs === null ? "adaptive arrival" : `arrival within ${(endMs / 1_000).toFixed(1)} s`;

/** What is going to be run, in one line. */
export function planText(plan: RunEvent & { type: "plan" }): string {
  const length =
    plan.durationMs === null ? "until stopped" : `for ${(plan.durationMs / 1_000).toFixed(0)} s`;
  const { shard } = plan;
  const part = shard === null ? "" : ` (part ${shard.index}/${shard.of})`;
  return (
    `${plan.scenario}: ${plural(plan.devices, "device")}${part} against ${plan.target}, ${length}, ` +
    `${arrivalText(plan.arrivalEndMs)}, ` +
    `${timeScaleText(plan.timeScale)}${plural(plan.workers, "worker")}, seed ${plan.seed}`
  );
}
