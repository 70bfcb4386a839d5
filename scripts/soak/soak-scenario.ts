import { stringify } from "yaml";
import { formatDuration } from "../../src/base/units.ts";
import type { SoakOptions } from "./soak-options.ts";

/** How fast the fleet arrives. */
const ARRIVAL = "20/s";
/** Each device has faults of its own so often, and for so long. */
const FAULT = { every: "5m", for: "15s" } as const;

/** Devices are switched off and boot in part of each period, in good order and by power cuts in turn. */
const PERIOD_MS = 180_000;
const LEAVING_MS = 30_000;

/** Half of the churn: what the devices do themselves; the other half is what the network does to them. */
function boots({ churnPerS, awayMs, durationMs }: SoakOptions): object[] {
  const perMinute = (churnPerS * 60 * PERIOD_MS) / (2 * LEAVING_MS);
  return (["inOrder", "powerCut"] as const).map((how, turn) => ({
    after: "connected",
    at: formatDuration(10_000 + turn * PERIOD_MS),
    repeat: {
      // More than fit: nothing about the timeline is over at the last look.
      times: Math.ceil(durationMs / PERIOD_MS) + 5,
      every: formatDuration(2 * PERIOD_MS),
    },
    churn: {
      devices: "100%",
      rate: `${perMinute}/m`,
      away: formatDuration(awayMs),
      for: formatDuration(LEAVING_MS),
      how,
    },
  }));
}

/** The scenario that is soaked: it runs until it is stopped. */
export function soakScenario(options: SoakOptions): string {
  const { devices, telemetryMs } = options;
  return stringify({
    name: "soak",
    provisioning: {
      group: "soak-devices",
      initialTwin: { properties: { desired: { fanstate: "on" } } },
    },
    fleet: [
      {
        model: "cheese-cave",
        count: devices,
        registrationId: "soak-{n}",
        telemetry: { interval: formatDuration(telemetryMs), jitter: "10%" },
        faults: ["dropout", "duplicate"].map((kind) => ({ kind, ...FAULT })),
      },
    ],
    arrival: { rate: ARRIVAL },
    timeline: boots(options),
    thresholds: ["devices_assigned == 100%", "telemetry_missing == 0"],
  });
}

/** Its emulator: what is kept on purpose must have reached its bound when the warm-up ends. */
export function soakEmulator(): string {
  return stringify({ limits: { retryAfterS: 1, eventsMaxCount: 500, resourceLogMaxCount: 500 } });
}
