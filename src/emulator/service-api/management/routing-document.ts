import { z } from "zod";
import type {
  EventHubEndpoint,
  Route,
  RoutingSettings,
} from "../../hub/routing/routing-settings.ts";

// Source of members and rules: Azure/azure-rest-api-specs, Microsoft.Devices iothub.json, RoutingProperties and what it
// is made of; the same texts are in @azure/arm-iothub 6.3.

/** The source of routes that is here, of those that Azure has. */
export const DEVICE_MESSAGES = "DeviceMessages";
const SOURCES = [
  DEVICE_MESSAGES,
  "TwinChangeEvents",
  "DeviceLifecycleEvents",
  "DeviceJobLifecycleEvents",
  "DeviceConnectionStateEvents",
  "DigitalTwinChangeEvents",
] as const;

/** The kinds of endpoints that Azure has and this has not. */
export const OTHER_ENDPOINTS = [
  "serviceBusQueues",
  "serviceBusTopics",
  "storageContainers",
  "cosmosDBSqlContainers",
] as const;

const NAME = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,64}$/,
    "expected 1 to 64 letters, digits, periods, underscores, hyphens",
  );
const RESERVED = ["events", "filenotifications", "$default"];

/** Nothing can be done with what is in it. */
const known = z.array(z.unknown()).nullish();

const eventHub = z.strictObject({
  name: NAME.refine((name) => !RESERVED.includes(name.toLowerCase()), "is reserved"),
  id: z.string().nullish(),
  connectionString: z.string().nullish(),
  endpointUri: z.string().nullish(),
  entityPath: z.string().nullish(),
  authenticationType: z.string().nullish(),
  identity: z.unknown().optional(),
  subscriptionId: z.string().nullish(),
  resourceGroup: z.string().nullish(),
});

/** A route as clients write it. */
export const routeDocument = z.strictObject({
  name: NAME,
  source: z.enum(SOURCES),
  condition: z.string().nullish(),
  endpointNames: z.array(z.string()).length(1, "expected the name of one endpoint"),
  isEnabled: z.boolean(),
});
export type RouteDocument = z.output<typeof routeDocument>;

/** The `routing` of a hub's properties, as clients write it. */
export const routingDocument = z.strictObject({
  endpoints: z
    .strictObject({
      eventHubs: z.array(eventHub).nullish(),
      serviceBusQueues: known,
      serviceBusTopics: known,
      storageContainers: known,
      cosmosDBSqlContainers: known,
    })
    .nullish(),
  routes: z.array(routeDocument).nullish(),
  fallbackRoute: routeDocument.extend({ name: z.string().nullish() }).nullish(),
  enrichments: known,
});
export type RoutingDocument = z.output<typeof routingDocument>;

/** What is kept of an endpoint: its keys are for nobody to read, and nothing is connected to here. */
export function endpointOf({ name, ...description }: z.output<typeof eventHub>): EventHubEndpoint {
  const connectionString = description.connectionString?.replaceAll(
    /(SharedAccessKey\s*=)[^;]*/gi,
    "$1****",
  );
  return { name, description: { ...description, connectionString } };
}

/** The `routing` that a hub shows. */
export function routingShown({ eventHubs, routes, fallbackRoute }: RoutingSettings): unknown {
  return {
    endpoints: {
      ...Object.fromEntries(OTHER_ENDPOINTS.map((kind) => [kind, []])),
      eventHubs: eventHubs.map(({ name, description }) => ({ name, ...description })),
    },
    routes: routes.map(routeShown),
    fallbackRoute: routeShown(fallbackRoute),
    enrichments: [],
  };
}

export function routeShown({ name, condition, endpointName, isEnabled }: Route): unknown {
  return { name, source: DEVICE_MESSAGES, condition, endpointNames: [endpointName], isEnabled };
}
