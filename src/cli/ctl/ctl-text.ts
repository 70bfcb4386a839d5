import type { ControlDone, FleetStatus } from "../../control/control-answer.ts";
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
  const scaled = scaleText(status);
  return [
    `${printable(scenario)} ${PHASES[phase]}, ${formatClock(t)} ${length}`,
    `devices  ${states.join(", ")}`,
    `arrival  ${arrivalText(status)}`,
    ...(scaled === undefined ? [] : [`scale    ${scaled}`]),
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

/** `10 of 30 wanted, 3 on their way`; undefined = nobody has scaled it. */
function scaleText({ scale }: FleetStatus): string | undefined {
  if (scale === null || (scale.wanted === scale.of && scale.left === 0)) return undefined;
  const left = scale.left === 0 ? "" : `, ${scale.left} on their way`;
  return `${scale.wanted} of ${scale.of} wanted${left}`;
}

/** What `ctl scale` came to. */
export function scaleLine(changed: boolean, status: FleetStatus): string {
  const { wanted, of, left } = status.scale ?? { wanted: 0, of: 0, left: 0 };
  const amount =
    wanted === of ? `all ${plural(of, "device")}` : `${wanted} of ${plural(of, "device")}`;
  const on = left === 0 ? "" : `, ${left} on their way`;
  return `${amount} ${changed ? "wanted" : "were wanted already"}${on}`;
}

/** What `ctl rate` came to. */
export function rateLines(
  { arrival, telemetry }: { readonly arrival?: string; readonly telemetry?: string },
  { changed, selected, status }: ControlDone,
): readonly string[] {
  const lines: string[] = [];
  if (arrival !== undefined) {
    const isNew = changed || telemetry !== undefined;
    lines.push(
      `devices ${isNew ? "start" : "started already"} at ${arrival}: ${arrivalText(status)}`,
    );
  }
  if (telemetry !== undefined) {
    lines.push(`${plural(selected ?? 0, "device")} told to send every ${telemetry}`);
  }
  return lines;
}

/** That an action was asked for. */
export const actionLines = ({ action, status }: ControlDone): readonly string[] => [
  `action ${action ?? "?"} begins; what comes of it is told by the run and in its results`,
  `results  ${status.dir}`,
];
