import type { Deliveries } from "../../../../src/emulator/events/deliveries.ts";
import { DEFAULT_ROUTING } from "../../../../src/emulator/hub/routing/routing-settings.ts";
import type { RoutingSettings } from "../../../../src/emulator/hub/routing/routing-settings.ts";
import { HubMetrics } from "../../../../src/emulator/metrics/hub-metrics.ts";
import type { HubReadings } from "../../../../src/emulator/metrics/readings.ts";

/** The metrics of a hub that is not there. */
export function hubMetrics(
  kept: {
    readonly deliveries?: ReadonlyMap<string, Deliveries>;
    readonly settings?: RoutingSettings;
    readonly orphaned?: number;
    readonly connected?: number;
  } = {},
): { readonly metrics: HubMetrics; readonly read: () => HubReadings } {
  const { deliveries = new Map<string, Deliveries>(), orphaned = 0, connected = 0 } = kept;
  const { settings = DEFAULT_ROUTING } = kept;
  const success = [...deliveries.values()].reduce((sum, { latency }) => sum + latency.count, 0);
  const metrics = new HubMetrics();
  const read = (): HubReadings =>
    metrics.read({
      connections: { count: connected },
      devices: { size: 3 },
      routing: { deliveries, settings, counts: { success, fallback: 0, orphaned } },
      throttling: { quota: { used: 9 } },
      traffic: { bytes: 77 },
    });
  return { metrics, read };
}
