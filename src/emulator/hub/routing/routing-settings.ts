import { BUILT_IN_ENDPOINT } from "../../events/event-endpoint.ts";
import type { Expression } from "../../query/expression.ts";
import { parseCondition } from "../../query/parse-expression.ts";
import { routingNames } from "./routing-names.ts";

/** A rule that sends messages to an endpoint. */
export interface Route {
  readonly name: string;
  /** As it was written. */
  readonly condition: string;
  /** The same, read. */
  readonly expression: Expression;
  readonly endpointName: string;
  readonly isEnabled: boolean;
}

/** Kinds of endpoints of one's own: what they are in Azure; here each is a named stream of events. */
export const ENDPOINT_KINDS = ["eventHubs", "storageContainers"] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** An endpoint of one's own. */
export interface CustomEndpoint {
  readonly name: string;
  /** What was said of the event hub or the container, with keys masked; nothing is connected to. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** Where a hub's messages go. */
export interface RoutingSettings extends Readonly<Record<EndpointKind, readonly CustomEndpoint[]>> {
  readonly routes: readonly Route[];
  /** For what no route takes. */
  readonly fallbackRoute: Route;
}

/** All endpoints of one's own, kind by kind. */
export const customEndpoints = <Endpoint>(
  settings: Readonly<Record<EndpointKind, readonly Endpoint[]>>,
): readonly Endpoint[] => ENDPOINT_KINDS.flatMap((kind) => settings[kind]);

/** The condition of a route that has none. */
export const ALWAYS = "true";

/** @throws {QueryError} with the place of the first mistake */
export function readCondition(text: string): Expression {
  return parseCondition(text, routingNames);
}

/** The name of the fallback route where it is given none. */
export const FALLBACK_NAME = "$fallback";

/**
 * A new hub's routing: all to the built-in endpoint, by the fallback route, which the portal and the CLI enable.
 * Source: Microsoft Learn, "Use IoT Hub message routing to send device-to-cloud messages to Azure services",
 * "Fallback route".
 */
export const DEFAULT_ROUTING: RoutingSettings = {
  eventHubs: [],
  storageContainers: [],
  routes: [],
  fallbackRoute: {
    name: FALLBACK_NAME,
    condition: ALWAYS,
    expression: readCondition(ALWAYS),
    endpointName: BUILT_IN_ENDPOINT,
    isEnabled: true,
  },
};
