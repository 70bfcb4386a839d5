import type { EmulatorLimits } from "../../defaults.ts";
import { BUILT_IN_ENDPOINT } from "../../events/event-endpoint.ts";
import { ServiceFault } from "../../fault.ts";
import type { Route, RoutingSettings } from "../../hub/routing/routing-settings.ts";
import {
  ALWAYS,
  customEndpoints,
  DEFAULT_ROUTING,
  ENDPOINT_KINDS,
  FALLBACK_NAME,
  readCondition,
} from "../../hub/routing/routing-settings.ts";
import { QueryError } from "../../query/query-error.ts";
import type { EndpointDocuments, RouteDocument, RoutingDocument } from "./routing-document.ts";
import { DEVICE_MESSAGES, OTHER_ENDPOINTS, endpointOf } from "./routing-document.ts";

/**
 * Judges what the schema cannot. Without a fallback route there is none that is enabled; without anything the hub is as
 * a new one.
 *
 * @throws {ServiceFault} `badRequest` with every problem and its place, `notImplemented` for what Azure has and this has not
 */
export function readRouting(
  document: RoutingDocument | null | undefined,
  limits: EmulatorLimits,
): RoutingSettings {
  if (document === null || document === undefined) return DEFAULT_ROUTING;
  const { custom, routes, fallbackRoute } = partsOf(document);
  requireHere(document, [...routes, ...(fallbackRoute === undefined ? [] : [fallbackRoute])]);
  const problems = countProblems({ custom, routes }, limits);
  const endpoints = new Set([
    BUILT_IN_ENDPOINT,
    ...customEndpoints(custom).map(({ name }) => name),
  ]);
  const read = (sent: RouteDocument, place: string): Route => {
    const [endpointName = ""] = sent.endpointNames;
    if (!endpoints.has(endpointName))
      problems.push(`${place}.endpointNames: there is no endpoint ${JSON.stringify(endpointName)}`);
    const result = readRoute(sent, limits);
    if ("route" in result) return result.route;
    problems.push(`${place}.condition: ${result.problem.message}`);
    return DEFAULT_ROUTING.fallbackRoute;
  };
  const settings = {
    eventHubs: custom.eventHubs.map(endpointOf),
    storageContainers: custom.storageContainers.map(endpointOf),
    routes: routes.map((sent, index) => read(sent, `routes.${index}`)),
    fallbackRoute:
      fallbackRoute === undefined
        ? { ...DEFAULT_ROUTING.fallbackRoute, isEnabled: false }
        : read(fallbackRoute, "fallbackRoute"),
  };
  if (problems.length === 0) return settings;
  const places = problems.map((problem) => `properties.routing.${problem}`);
  throw new ServiceFault("badRequest", places.join("; "));
}

interface RoutingParts {
  readonly custom: EndpointDocuments;
  readonly routes: readonly RouteDocument[];
}

function partsOf(document: RoutingDocument): RoutingParts & {
  readonly fallbackRoute: RouteDocument | undefined;
} {
  const { endpoints, routes, fallbackRoute } = document;
  return {
    custom: {
      eventHubs: endpoints?.eventHubs ?? [],
      storageContainers: endpoints?.storageContainers ?? [],
    },
    routes: routes ?? [],
    fallbackRoute:
      fallbackRoute === null || fallbackRoute === undefined
        ? undefined
        : { ...fallbackRoute, name: fallbackRoute.name ?? FALLBACK_NAME },
  };
}

/** @throws {ServiceFault} `notImplemented` with all that Azure has and this has not */
export function requireHere(
  { endpoints, enrichments }: Pick<RoutingDocument, "endpoints" | "enrichments">,
  routes: readonly RouteDocument[],
): void {
  const absent = [
    ...OTHER_ENDPOINTS.filter((kind) => (endpoints?.[kind] ?? []).length > 0),
    ...((enrichments ?? []).length > 0 ? ["enrichments"] : []),
    ...routes.flatMap(({ source }) => (source === DEVICE_MESSAGES ? [] : [`source ${source}`])),
  ];
  if (absent.length > 0)
    throw new ServiceFault(
      "notImplemented",
      `routing: known in Azure, not in this emulator: ${[...new Set(absent)].join(", ")}.`,
    );
}

/** Too many, or twice the same name. */
function countProblems({ custom, routes }: RoutingParts, limits: EmulatorLimits): string[] {
  const { routingEndpointsMax, routesMax } = limits;
  const endpoints = ENDPOINT_KINDS.flatMap((kind) =>
    custom[kind].map(({ name }, index) => ({ name, place: `endpoints.${kind}.${index}` })),
  );
  return [
    ...(endpoints.length > routingEndpointsMax
      ? [`endpoints: more than ${routingEndpointsMax}`]
      : []),
    ...(routes.length > routesMax ? [`routes: more than ${routesMax}`] : []),
    ...repeatedNames(endpoints).map((at) => `${endpoints[at]?.place ?? ""}.name: is there twice`),
    ...repeatedNames(routes).map((index) => `routes.${index}.name: is there twice`),
  ];
}

/** The places of names that stand before them too; case makes no difference. */
function repeatedNames(items: readonly { readonly name: string }[]): readonly number[] {
  const names = items.map(({ name }) => name.toLowerCase());
  return [...names.keys()].filter((index) => names.indexOf(names[index] ?? "") < index);
}

/** A route with its condition read, or what is wrong with the condition. */
export function readRoute(
  sent: RouteDocument,
  { queryMaxLength }: Pick<EmulatorLimits, "queryMaxLength">,
): { readonly route: Route } | { readonly problem: QueryError } {
  const { name, isEnabled } = sent;
  const [endpointName = ""] = sent.endpointNames;
  const written = sent.condition ?? "";
  const condition = written.trim() === "" ? ALWAYS : written;
  try {
    if (condition.length > queryMaxLength)
      throw new QueryError(queryMaxLength, `longer than ${queryMaxLength} characters`);
    const expression = readCondition(condition);
    return { route: { name, condition, expression, endpointName, isEnabled } };
  } catch (error) {
    if (error instanceof QueryError) return { problem: error };
    throw error;
  }
}
