import type { Deliveries } from "../../../../src/emulator/events/deliveries.ts";
import { HubMetrics } from "../../../../src/emulator/metrics/hub-metrics.ts";
import type { HubReadings } from "../../../../src/emulator/metrics/readings.ts";

/** The metrics of a hub that is not there. */
export function hubMetrics(
  kept: {
    readonly deliveries?: ReadonlyMap<string, Deliveries>;
    readonly orphaned?: number;
    readonly connected?: number;
  } = {},
): { readonly metrics: HubMetrics; readonly read: () => HubReadings } {
  const { deliveries = new Map<string, Deliveries>(), orphaned = 0, connected = 0 } = kept;
  const success = [...deliveries.values()].reduce((sum, { latency }) => sum + latency.count, 0);
  const metrics = new HubMetrics();
  const read = (): HubReadings =>
    metrics.read({
      connections: { count: connected },
      devices: { size: 3 },
      routing: { deliveries, counts: { success, fallback: 0, orphaned } },
      throttling: { quota: { used: 9 } },
      traffic: { bytes: 77 },
    });
  return { metrics, read };
}
