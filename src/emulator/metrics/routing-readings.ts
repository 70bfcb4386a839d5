import type { Deliveries } from "../events/deliveries.ts";
import { BUILT_IN_ENDPOINT } from "../events/event-endpoint.ts";
import type { MessageRouter } from "../hub/routing/message-router.ts";
import type { RoutingSettings } from "../hub/routing/routing-settings.ts";
import type { HUB_SERIES } from "./hub-catalogue.ts";
import { Measure } from "./measure.ts";
import type { HubReadings } from "./readings.ts";

/** What readings are made of. */
export type CountedRouter = Pick<MessageRouter, "counts" | "deliveries" | "settings">;

type RoutingMetric =
  | keyof typeof HUB_SERIES
  | "d2c.endpoints.egress.builtIn.events"
  | "d2c.endpoints.egress.eventHubs"
  | "d2c.endpoints.egress.storage"
  | "d2c.endpoints.egress.storage.bytes"
  | "d2c.endpoints.latency.builtIn.events"
  | "d2c.endpoints.latency.eventHubs"
  | "d2c.endpoints.latency.storage"
  | `d2c.telemetry.egress.${"success" | "orphaned" | "fallback"}`;

/**
 * What message routing did, of which only telemetry is a source here. Values of the dimensions: Microsoft Learn,
 * "Monitoring data reference for Azure IoT Hub", metric dimensions.
 */
export function readRouting({
  counts,
  deliveries,
  settings,
}: CountedRouter): Pick<HubReadings, RoutingMetric> {
  const endpoints = [...deliveries]
    .filter(([, { latency }]) => latency.count > 0)
    .map(([name, { latency, bytes }]) => {
      const type = endpointType(name, settings);
      const dimensions = { RoutingSource: SOURCE, EndpointType: type, EndpointName: name };
      return { type, latency, bytes, dimensions };
    });
  const of = (wanted: string) => endpoints.filter(({ type }) => type === wanted);
  const [builtIn, eventHubs, storage] = [of("builtin"), of("eventHubs"), of("blobStorage")];
  const bytesOf = (some: typeof endpoints): number =>
    some.reduce((sum, { bytes }) => sum + bytes, 0);
  const delivered = endpoints.map(({ latency, dimensions }) => ({
    ...count(latency.count),
    dimensions: { Result: "success", ...dimensions, FailureReasonCategory: "null" },
  }));
  const nowhere = { RoutingSource: SOURCE, EndpointType: "null", EndpointName: "null" };
  const orphaned = {
    ...count(counts.orphaned),
    dimensions: { Result: "failure", ...nowhere, FailureReasonCategory: "orphaned" },
  };
  return {
    "d2c.telemetry.egress.success": count(counts.success),
    "d2c.telemetry.egress.orphaned": count(counts.orphaned),
    "d2c.telemetry.egress.fallback": count(counts.fallback),
    "d2c.endpoints.egress.builtIn.events": count(latencyOf(builtIn).count),
    "d2c.endpoints.egress.eventHubs": count(latencyOf(eventHubs).count),
    "d2c.endpoints.egress.storage": count(latencyOf(storage).count),
    "d2c.endpoints.egress.storage.bytes": size(bytesOf(storage)),
    "d2c.endpoints.latency.builtIn.events": latencyOf(builtIn).read(),
    "d2c.endpoints.latency.eventHubs": latencyOf(eventHubs).read(),
    "d2c.endpoints.latency.storage": latencyOf(storage).read(),
    RoutingDeliveries: {
      ...count(counts.success + counts.orphaned),
      series: counts.orphaned > 0 ? [...delivered, orphaned] : delivered,
    },
    RoutingDataSizeInBytesDelivered: {
      ...size(bytesOf(endpoints)),
      series: endpoints.map(({ bytes, dimensions }) => ({ ...size(bytes), dimensions })),
    },
    RoutingDeliveryLatency: {
      ...latencyOf(endpoints).read(),
      series: endpoints.map(({ latency, dimensions }) => ({ ...latency.read(), dimensions })),
    },
    EventGridDeliveries: { ...count(0), series: [] },
    EventGridLatency: { ...new Measure("Milliseconds").read(), series: [] },
  };
}

const SOURCE = "Device Messages";

function endpointType(name: string, { storageContainers }: RoutingSettings): string {
  if (name === BUILT_IN_ENDPOINT) return "builtin";
  return storageContainers.some((container) => container.name === name)
    ? "blobStorage"
    : "eventHubs";
}

const count = (total: number) => ({ unit: "Count", total }) as const;
const size = (total: number) => ({ unit: "Bytes", total }) as const;

/** Of all of them together. */
function latencyOf(some: readonly Pick<Deliveries, "latency">[]): Measure {
  const all = new Measure("Milliseconds");
  for (const { latency } of some) all.take(latency);
  return all;
}
