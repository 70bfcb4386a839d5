import type { Deliveries } from "../events/deliveries.ts";
import { BUILT_IN_ENDPOINT } from "../events/event-endpoint.ts";
import type { MessageRouter } from "../hub/routing/message-router.ts";
import type { HUB_SERIES } from "./hub-catalogue.ts";
import { Measure } from "./measure.ts";
import type { HubReadings } from "./readings.ts";

/** What readings are made of. */
export type CountedRouter = Pick<MessageRouter, "counts" | "deliveries">;

type RoutingMetric =
  | keyof typeof HUB_SERIES
  | "d2c.endpoints.egress.builtIn.events"
  | "d2c.endpoints.egress.eventHubs"
  | "d2c.endpoints.latency.builtIn.events"
  | "d2c.endpoints.latency.eventHubs"
  | `d2c.telemetry.egress.${"success" | "orphaned" | "fallback"}`;

/**
 * What message routing did, of which only telemetry is a source here. Values of the dimensions: Microsoft Learn,
 * "Monitoring data reference for Azure IoT Hub", metric dimensions.
 */
export function readRouting({
  counts,
  deliveries,
}: CountedRouter): Pick<HubReadings, RoutingMetric> {
  const endpoints = [...deliveries]
    .filter(([, { latency }]) => latency.count > 0)
    .map(([name, { latency, bytes }]) => {
      return { name, latency, bytes, dimensions: endpointDimensions(name) };
    });
  const builtIn = endpoints.filter(({ name }) => name === BUILT_IN_ENDPOINT);
  const others = endpoints.filter(({ name }) => name !== BUILT_IN_ENDPOINT);
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
    "d2c.endpoints.egress.eventHubs": count(latencyOf(others).count),
    "d2c.endpoints.latency.builtIn.events": latencyOf(builtIn).read(),
    "d2c.endpoints.latency.eventHubs": latencyOf(others).read(),
    RoutingDeliveries: {
      ...count(counts.success + counts.orphaned),
      series: counts.orphaned > 0 ? [...delivered, orphaned] : delivered,
    },
    RoutingDataSizeInBytesDelivered: {
      ...size(endpoints.reduce((sum, { bytes }) => sum + bytes, 0)),
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

function endpointDimensions(name: string) {
  const type = name === BUILT_IN_ENDPOINT ? "builtin" : "eventHubs";
  return { RoutingSource: SOURCE, EndpointType: type, EndpointName: name };
}

const count = (total: number) => ({ unit: "Count", total }) as const;
const size = (total: number) => ({ unit: "Bytes", total }) as const;

/** Of all of them together. */
function latencyOf(some: readonly Pick<Deliveries, "latency">[]): Measure {
  const all = new Measure("Milliseconds");
  for (const { latency } of some) all.take(latency);
  return all;
}
