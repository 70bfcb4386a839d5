import { newEtag, requireMatch } from "../../etag.ts";
import type { Deliveries } from "../../events/deliveries.ts";
import type { EndpointSettings, EventEndpoint } from "../../events/event-endpoint.ts";
import { BUILT_IN_ENDPOINT } from "../../events/event-endpoint.ts";
import type { IngestedMessage } from "../../events/event-log.ts";
import { holds } from "../../query/evaluate.ts";
import type { Table } from "../../state/state.ts";
import type { RoutedMessage } from "./routed-message.ts";
import { lookupIn } from "./routed-message.ts";
import type { KeptEndpoint, KeptRouting } from "./routing-codec.ts";
import type { Route, RoutingSettings } from "./routing-settings.ts";
import { customEndpoints, DEFAULT_ROUTING } from "./routing-settings.ts";

/**
 * What became of messages, counted from the start of the hub.
 * Names: Microsoft Learn, "Monitoring Azure IoT Hub data reference", routing metrics (`d2c.telemetry.egress.…`).
 */
export interface RoutingCounts {
  /** Deliveries to endpoints; a message may have several. */
  readonly success: number;
  /** Messages that the fallback route took. */
  readonly fallback: number;
  /** Messages that nothing took and that no endpoint has. */
  readonly orphaned: number;
}

/** The one row of its table. */
const ROW = "routing";

export interface MessageRouterOptions {
  /** What endpoints are kept under, such as `hubs/my-hub.azure-devices.net`. */
  readonly place: string;
  /** Of new endpoints. */
  readonly partitions: number;
  /** In one row, where it was kept. */
  readonly table: Table<KeptRouting>;
  /** @param deliveries of an earlier endpoint with this name */
  readonly newEndpoint: (
    settings: EndpointSettings,
    deliveries: Deliveries | undefined,
  ) => EventEndpoint;
  readonly newId: () => string;
  /** How conditions see a message; asked only where there are conditions. */
  readonly show: (message: IngestedMessage) => RoutedMessage;
}

/**
 * Chooses the endpoints of messages: those of every route that takes the message, each once; else that of the fallback
 * route, if it is enabled; else none.
 * Source: Microsoft Learn, "Use IoT Hub message routing to send device-to-cloud messages to Azure services".
 */
export class MessageRouter {
  readonly #options: MessageRouterOptions;
  #routing: KeptRouting;
  #endpoints: ReadonlyMap<string, EventEndpoint>;
  /** By the name of the endpoint, those that are gone among them. */
  readonly #deliveries = new Map<string, Deliveries>();
  #hasRoutes = false;
  #success = 0;
  #fallback = 0;
  #orphaned = 0;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
    const { table, partitions, newId } = options;
    this.#routing = table.get(ROW) ?? {
      settings: DEFAULT_ROUTING,
      etag: newEtag(newId()),
      endpoints: [{ name: BUILT_IN_ENDPOINT, number: 0, partitions }],
      nextNumber: 1,
    };
    this.#endpoints = this.#endpointsOf(this.#routing.endpoints);
    this.#take(this.#routing);
  }

  get settings(): RoutingSettings {
    return this.#routing.settings;
  }

  /** Of the settings. */
  get etag(): string {
    return this.#routing.etag;
  }

  /** By name, the built-in one first. */
  get endpoints(): ReadonlyMap<string, EventEndpoint> {
    return this.#endpoints;
  }

  /** What each endpoint was given that there is, or was since the start, by its name. */
  get deliveries(): ReadonlyMap<string, Deliveries> {
    return this.#deliveries;
  }

  get counts(): RoutingCounts {
    return { success: this.#success, fallback: this.#fallback, orphaned: this.#orphaned };
  }

  /**
   * Takes new settings, of which every endpoint that routes name must be there. An endpoint whose name stays keeps its
   * messages; the readers of one that goes are ended.
   *
   * @throws {ServiceFault} `preconditionFailed`
   */
  replace(settings: RoutingSettings, ifMatch: string | undefined): void {
    requireMatch(ifMatch, this.#routing.etag);
    const { partitions, newId } = this.#options;
    let { nextNumber } = this.#routing;
    const endpoints = [BUILT_IN_ENDPOINT, ...customEndpoints(settings).map(({ name }) => name)].map(
      (wanted) =>
        this.#routing.endpoints.find(({ name }) => name === wanted) ?? {
          name: wanted,
          number: nextNumber++,
          partitions,
        },
    );
    const before = this.#endpoints;
    this.#endpoints = this.#endpointsOf(endpoints, before);
    this.#take({ settings, etag: newEtag(newId()), endpoints, nextNumber });
    for (const [name, { consumerGroups }] of before)
      if (!this.#endpoints.has(name)) consumerGroups.forget();
  }

  /** Where a message goes; counts it. */
  endpointsFor(message: IngestedMessage): readonly EventEndpoint[] {
    const taken = this.#hasRoutes ? this.#taken(message) : [];
    const endpoints = taken.length > 0 ? taken : this.#fallen(message);
    this.#success += endpoints.length;
    if (endpoints.length === 0) this.#orphaned += 1;
    return endpoints;
  }

  /** @param live those of them that are there already */
  #endpointsOf(
    kept: readonly KeptEndpoint[],
    live: ReadonlyMap<string, EventEndpoint> = new Map(),
  ): ReadonlyMap<string, EventEndpoint> {
    const { place, newEndpoint } = this.#options;
    const endpoints = kept.map(({ name, number, partitions }) => {
      const settings = { name, place: `${place}/endpoints/${number}`, partitions };
      return live.get(name) ?? newEndpoint(settings, this.#deliveries.get(name));
    });
    for (const { name, deliveries } of endpoints) this.#deliveries.set(name, deliveries);
    return new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  }

  #take(routing: KeptRouting): void {
    this.#routing = routing;
    this.#options.table.set(ROW, routing);
    this.#hasRoutes = routing.settings.routes.some(({ isEnabled }) => isEnabled);
  }

  #taken(message: IngestedMessage): readonly EventEndpoint[] {
    const routes = matchingRoutes(this.#routing.settings.routes, this.#options.show(message));
    return this.#named(new Set(routes.map(({ endpointName }) => endpointName)));
  }

  #fallen(message: IngestedMessage): readonly EventEndpoint[] {
    const { fallbackRoute: route } = this.#routing.settings;
    if (!route.isEnabled) return [];
    const isTaken =
      route.expression.kind === "literal"
        ? route.expression.value === true
        : matchingRoutes([route], this.#options.show(message)).length > 0;
    if (!isTaken) return [];
    this.#fallback += 1;
    return this.#named([route.endpointName]);
  }

  #named(names: Iterable<string>): readonly EventEndpoint[] {
    const endpoints: EventEndpoint[] = [];
    for (const name of names) {
      const endpoint = this.#endpoints.get(name);
      if (endpoint !== undefined) endpoints.push(endpoint);
    }
    return endpoints;
  }
}

/** The routes that are enabled and whose condition holds for the message. */
export function matchingRoutes(routes: readonly Route[], message: RoutedMessage): readonly Route[] {
  const lookup = lookupIn(message);
  return routes.filter(({ isEnabled, expression }) => isEnabled && holds(expression, lookup));
}
