import type { FleetStatus } from "../../control/control-answer.ts";
import { formatPerS } from "../../output/arrival-text.ts";
import { formatClock, plural } from "../../output/terminal-text.ts";
import { printable } from "../../output/text-width.ts";

const PHASES = {
  settingUp: "is being set up",
  running: "is running",
  ending: "is ending",
} as const satisfies Record<FleetStatus["phase"], string>;

/** How far a fleet is, a line each. */
export function statusLines(status: FleetStatus): readonly string[] {
  const { scenario, phase, t, durationMs, devices, dir } = status;
  const length = durationMs === null ? "until stopped" : `of ${formatClock(durationMs)}`;
  const states = Object.entries(devices)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return [
    `${printable(scenario)} ${PHASES[phase]}, ${formatClock(t)} ${length}`,
    `devices  ${states.join(", ")}`,
    `arrival  ${arrivalText(status)}`,
    `results  ${dir}`,
  ];
}

/** `12 of 30 started, paused`. */
export function arrivalText({ arrival }: Pick<FleetStatus, "arrival">): string {
  if (arrival === null) return "no device may start yet";
  const { started, total, isPaused, ratePerS } = arrival;
  if (started >= total) return `all ${plural(total, "device")} started`;
  const rate = ratePerS === null ? "as planned" : `at ${formatPerS(ratePerS)}`;
  return `${started} of ${total} started, ${isPaused ? "paused" : `the rest ${rate}`}`;
}
