import { stringify } from "yaml";
import { formatDuration } from "../../src/base/units.ts";
import type { SoakOptions } from "./soak-options.ts";

/** How fast the fleet arrives. */
const ARRIVAL = "20/s";

/** Devices are switched off and boot in part of each period, in good order and by power cuts in turn. */
const PERIOD_INTERVALS = 9;
const LEAVING_INTERVALS = 1.5;

/** Of each device, on average, meanwhile: a tenth of the fleet a second, whatever the churn. */
const BOOTS_PER_MINUTE_MAX = 6;

/** Half of the churn: what the devices do themselves; the other half is what the network does to them. */
function boots(options: SoakOptions): object[] {
  const { devices, churnPerS, awayMs, durationMs, intervalMs } = options;
  const periodMs = PERIOD_INTERVALS * intervalMs;
  const half = (churnPerS * 60 * PERIOD_INTERVALS) / (2 * LEAVING_INTERVALS);
  const perMinute = Math.min(half, devices * BOOTS_PER_MINUTE_MAX);
  return (["inOrder", "powerCut"] as const).map((how, turn) => ({
    after: "connected",
    at: formatDuration(periodMs / 2 + turn * periodMs),
    repeat: {
      // More than fit: nothing about the timeline is over at the last look.
      times: Math.ceil(durationMs / periodMs) + 5,
      every: formatDuration(2 * periodMs),
    },
    churn: {
      devices: "100%",
      rate: `${perMinute}/m`,
      away: formatDuration(awayMs),
      for: formatDuration(LEAVING_INTERVALS * intervalMs),
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
