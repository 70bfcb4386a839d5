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

/** An endpoint of one's own: in Azure an event hub, here a named stream of events. */
export interface EventHubEndpoint {
  readonly name: string;
  /** What was said of the event hub, with keys masked; nothing is connected to. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** Where a hub's messages go. */
export interface RoutingSettings {
  readonly eventHubs: readonly EventHubEndpoint[];
  readonly routes: readonly Route[];
  /** For what no route takes. */
  readonly fallbackRoute: Route;
}

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
  routes: [],
  fallbackRoute: {
    name: FALLBACK_NAME,
    condition: ALWAYS,
    expression: readCondition(ALWAYS),
    endpointName: BUILT_IN_ENDPOINT,
    isEnabled: true,
  },
};
