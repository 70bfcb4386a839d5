import { stringify } from "yaml";
import { formatDuration } from "../../src/base/units.ts";
import type { SoakOptions } from "./soak-options.ts";

/** How fast the fleet arrives. */
const ARRIVAL = "20/s";

/** Devices are switched off and boot in part of each period, in good order and by power cuts in turn. */
const PERIOD_MS = 180_000;
const LEAVING_MS = 30_000;

/** Of each device, on average, meanwhile: a tenth of the fleet a second, whatever the churn. */
const BOOTS_PER_MINUTE_MAX = 6;

/** Half of the churn: what the devices do themselves; the other half is what the network does to them. */
function boots({ devices, churnPerS, awayMs, durationMs }: SoakOptions): object[] {
  const half = (churnPerS * 60 * PERIOD_MS) / (2 * LEAVING_MS);
  const perMinute = Math.min(half, devices * BOOTS_PER_MINUTE_MAX);
  return (["inOrder", "powerCut"] as const).map((how, turn) => ({
    after: "connected",
    at: formatDuration(PERIOD_MS / 2 + turn * PERIOD_MS),
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

/** Every device boots once more before anything counts: what it has from then on is no growth. */
const firstBoot = ({ awayMs }: SoakOptions): object => ({
  after: "connected",
  at: "1s",
  stop: { devices: "100%", how: "powerCut", for: formatDuration(awayMs) },
});

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
      },
    ],
    arrival: { rate: ARRIVAL },
    // All at once they would keep each other out.
    connection: { attempts: "50/s" },
    timeline: [firstBoot(options), ...boots(options)],
    thresholds: ["devices_assigned == 100%", "telemetry_missing == 0"],
  });
}

/** Its emulator: what is kept on purpose must have reached its bound when the warm-up ends. */
export function soakEmulator(): string {
  return stringify({ limits: { retryAfterS: 1, eventsMaxCount: 500, resourceLogMaxCount: 500 } });
}
