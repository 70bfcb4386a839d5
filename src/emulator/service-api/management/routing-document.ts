import { z } from "zod";
import type {
  CustomEndpoint,
  EndpointKind,
  Route,
  RoutingSettings,
} from "../../hub/routing/routing-settings.ts";
import { ENDPOINT_KINDS } from "../../hub/routing/routing-settings.ts";

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

const endpoint = z.strictObject({
  name: NAME.refine((name) => !RESERVED.includes(name.toLowerCase()), "is reserved"),
  id: z.string().nullish(),
  connectionString: z.string().nullish(),
  endpointUri: z.string().nullish(),
  authenticationType: z.string().nullish(),
  identity: z.unknown().optional(),
  subscriptionId: z.string().nullish(),
  resourceGroup: z.string().nullish(),
});

const eventHub = endpoint.extend({ entityPath: z.string().nullish() });

/** Every token has to be there, in any order and with any separator. */
const FILE_NAME_TOKENS = ["iothub", "partition", "YYYY", "MM", "DD", "HH", "mm"];

const storageContainer = endpoint.extend({
  containerName: z.string(),
  fileNameFormat: z
    .string()
    .refine(
      (format) => FILE_NAME_TOKENS.every((token) => format.includes(`{${token}}`)),
      `expected all of ${FILE_NAME_TOKENS.map((token) => `{${token}}`).join(", ")}`,
    )
    .nullish(),
  batchFrequencyInSeconds: z.int().min(60).max(720).nullish(),
  maxChunkSizeInBytes: z.int().min(10_485_760).max(524_288_000).nullish(),
  encoding: z
    .string()
    .refine((name) => /^(avro|avrodeflate|json)$/i.test(name), "expected Avro, AvroDeflate or JSON")
    .nullish(),
});

/** An endpoint of any kind, as clients write it. */
type EndpointDocument = z.output<typeof endpoint> & Readonly<Record<string, unknown>>;
/** The endpoints of a document by their kinds. */
export type EndpointDocuments = Readonly<Record<EndpointKind, readonly EndpointDocument[]>>;

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
      storageContainers: z.array(storageContainer).nullish(),
      cosmosDBSqlContainers: known,
    })
    .nullish(),
  routes: z.array(routeDocument).nullish(),
  fallbackRoute: routeDocument.extend({ name: z.string().nullish() }).nullish(),
  enrichments: known,
});
export type RoutingDocument = z.output<typeof routingDocument>;

/** What is kept of an endpoint: its keys are for nobody to read, and nothing is connected to here. */
export function endpointOf({ name, ...description }: EndpointDocument): CustomEndpoint {
  const connectionString = description.connectionString?.replaceAll(
    /((?:SharedAccess|Account)Key\s*=)[^;]*/gi,
    "$1****",
  );
  return { name, description: { ...description, connectionString } };
}

const endpointShown = ({ name, description }: CustomEndpoint): unknown => ({
  name,
  ...description,
});

/** The `routing` that a hub shows. */
export function routingShown({ routes, fallbackRoute, ...settings }: RoutingSettings): unknown {
  return {
    endpoints: {
      ...Object.fromEntries(OTHER_ENDPOINTS.map((kind) => [kind, []])),
      ...Object.fromEntries(
        ENDPOINT_KINDS.map((kind) => [kind, settings[kind].map(endpointShown)]),
      ),
    },
    routes: routes.map(routeShown),
    fallbackRoute: routeShown(fallbackRoute),
    enrichments: [],
  };
}

export function routeShown({ name, condition, endpointName, isEnabled }: Route): unknown {
  return { name, source: DEVICE_MESSAGES, condition, endpointNames: [endpointName], isEnabled };
}
