import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { TlsOptions } from "node:tls";
import { Server as TlsServer } from "node:tls";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";
import { addressError } from "../../base/address-error.ts";
import { DPS_POLICIES, HUB_POLICIES } from "../access-policy.ts";
import type { EmulatorLimits } from "../defaults.ts";
import type { DpsOptions } from "../dps/dps.ts";
import type { EventLog } from "../events/event-log.ts";
import { ServiceFault } from "../fault.ts";
import type { FaultControl } from "../faults/fault-control.ts";
import { withoutPort } from "../host-name.ts";
import type { IotHub } from "../hub/hub.ts";
import type { Monitoring } from "../monitoring.ts";
import { parseJson } from "../parse-json.ts";
import { boundConnections, trackSockets } from "../raw-sockets.ts";
import type { PortTls } from "../server-tls.ts";
import { forgetSessions, portOptions } from "../server-tls.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Throttling } from "../throttling/throttling.ts";
import type { WebSocketOptions } from "../websocket.ts";
import { serveWebSockets } from "../websocket.ts";
import { ADMIN_PATH } from "./admin/admin-path.ts";
import { adminRoutes } from "./admin-routes.ts";
import { adminTokenCheck } from "./admin-token.ts";
import { authorize } from "./authorization.ts";
import { dpsDeviceRoutes } from "./dps/dps-device-routes.ts";
import type { DpsApiOptions } from "./dps/dps-routes.ts";
import type { ManagedDps } from "./management/dps-resource-routes.ts";
import { dpsRoutes } from "./dps/dps-routes.ts";
import { eventRoutes } from "./events/event-routes.ts";
import { turnAwayIfGone } from "./gone-services.ts";
import { hubRoutes } from "./hub/hub-routes.ts";
import { gateRoutes } from "./gated-routes.ts";
import type { KnownRoute } from "./known-paths.ts";
import { methodsOf } from "./known-paths.ts";
import { LineStreams } from "./line-streams.ts";
import { managementApi } from "./management/management-api.ts";
import { MANAGEMENT_PREFIX, managementFault } from "./management/management-routes.ts";
import type { FaultWriter } from "./replies.ts";
import { dpsFaultWriter, faultOf, hubFaultWriter } from "./replies.ts";
import { RunningRequests } from "./running-requests.ts";
import { endSlowReaders } from "./slow-readers.ts";
import { unreadableRequests } from "./unreadable-request.ts";

/** Where a service adds its routes. */
export type ApiScope = FastifyInstance<Server, IncomingMessage, ServerResponse>;

export interface ApiServerOptions extends PortTls {
  readonly around: Surroundings;
  readonly host: string;
  /** 0 = a free port. */
  readonly port: number;
  readonly dps: Omit<DpsApiOptions, "around"> & {
    /** Every name of the DPS instance, its own first. */
    readonly hostNames: ManagedDps["hostNames"];
  };
  readonly dpsDevices: DpsOptions;
  readonly hubs: readonly IotHub[];
  readonly events: EventLog;
  readonly monitoring: Monitoring;
  readonly adminToken: string;
  /** Whether clients may come. */
  readonly isReady: () => boolean;
  readonly faults: FaultControl<unknown>;
  readonly throttling: Throttling;
  /** MQTT over WebSocket, which shares the port. */
  readonly webSockets: WebSocketOptions;
}

export interface ApiServer {
  readonly port: number;
  /** As the listener's. */
  forgetSessions(): void;
  /** Takes no new connections, ends followers of events, and resolves when every running request has its answer. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The service APIs of DPS and all hubs, and MQTT over WebSocket, on one HTTPS port; the `Host` header says which
 * service is meant, and the user name of CONNECT for MQTT.
 *
 * @throws {FleetError} `ADDRESS_IN_USE`
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const app = createApp(options);
  const routes: KnownRoute[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    for (const one of [method].flat())
      routes.push({ method: one, url, rights: config?.rights ?? [] });
  });
  app.addHook("onSend", (_request, _reply, payload, done) => {
    options.around.state.afterSaved((error) => {
      if (error === undefined) done(null, payload);
      else done(error);
    });
  });
  const running = new RunningRequests();
  running.watch(app);
  endSlowReaders(app, options.around.limits.slowReaderTimeoutMs);
  const sockets = trackSockets(app.server);
  boundConnections(app.server, options.webSockets.bounds);
  serveWebSockets(app.server, options.webSockets);
  const streams = addServices(app, options, routes);
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    throw await addressError(error, options.host, options.port);
  }
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  options.around.log.debug({ component: "service-api", routes }, "service api listens");
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= app.close());
  const drain = async (): Promise<void> => {
    await streams.stop();
    // It is over when the last connection is, and WebSockets are among them: stop() awaits it.
    void close();
    await running.ended();
  };
  const stop = async (): Promise<void> => {
    await streams.stop();
    const last = close();
    sockets.destroyAll();
    await last;
  };
  return {
    port: address.port,
    forgetSessions: () => {
      if (app.server instanceof TlsServer) forgetSessions(app.server, options.tls);
    },
    drain,
    stop,
  };
}

function createApp(options: ApiServerOptions): ApiScope {
  const { faultFor } = faultsOf(options);
  const app: unknown = fastify({
    // What comes before any route, such as a path that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      void faultFor(request)(reply, faultOf(error));
    },
    clientErrorHandler: unreadableRequests(options.webSockets.bounds.limitLog),
    https: {
      ...portOptions(options),
      ...requestTimes(options.around.limits),
    },
    requestTimeout: options.around.limits.requestTimeoutMs,
    // Azure's clients write `enrollmentgroups` and `enrollmentGroups`, and `/devices/?api-version=…`.
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 512 },
    // Those with a request under way are left to it; `stop` destroys what is left.
    forceCloseConnections: "idle",
  });
  return app as ApiScope; // oxlint-disable-line no-unsafe-type-assertion -- see ApiScope
}

/** How long Node waits for a handshake, for the head of a request and for the whole of it, and how often it looks. */
function requestTimes(limits: EmulatorLimits): ServerOptions & TlsOptions {
  const { connectTimeoutMs, requestTimeoutMs, requestHeadMaxBytes } = limits;
  const headersTimeout = Math.min(connectTimeoutMs, requestTimeoutMs);
  return {
    handshakeTimeout: connectTimeoutMs,
    headersTimeout,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5000, headersTimeout),
    maxHeaderSize: requestHeadMaxBytes,
  };
}

/** How each service refuses, and whose a request is. */
function faultsOf({ around, dps }: ApiServerOptions): {
  readonly isDps: (request: FastifyRequest) => boolean;
  readonly faultFor: (request: FastifyRequest) => FaultWriter;
} {
  const isDps = (request: FastifyRequest): boolean => dps.hostNames.includes(hostNameOf(request));
  const dpsFault = dpsFaultWriter(around);
  const hubFault = hubFaultWriter(around);
  return {
    isDps,
    faultFor: (request) => {
      if (request.url.toLowerCase().startsWith(`${MANAGEMENT_PREFIX}/`)) return managementFault;
      return isDps(request) ? dpsFault : hubFault;
    },
  };
}

/** @param routes those of `app`, as they come */
function addServices(
  app: ApiScope,
  options: ApiServerOptions,
  routes: readonly KnownRoute[],
): LineStreams {
  const { around } = options;
  const { isDps, faultFor } = faultsOf(options);
  const hubs = new Map(options.hubs.map((hub) => [hub.hostName, hub]));
  const hubOf = (request: FastifyRequest): IotHub => {
    const hub = hubs.get(hostNameOf(request));
    if (hub === undefined) throw new ServiceFault("hubNotFound", "No such service here.");
    return hub;
  };

  // Bodies are parsed here, so that what is no JSON is refused in the service's own shape.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : parseJson(body.toString()));
    } catch {
      done(new ServiceFault("badRequest", "The body is no JSON, or nests too deep."));
    }
  });
  app.setNotFoundHandler(async (request, reply) => {
    const rights = Object.values(isDps(request) ? DPS_POLICIES : HUB_POLICIES).flat();
    const methods = methodsOf(routes, request.url, { rights, everywhere: ADMIN_PATH });
    if (methods.length === 0) throw new ServiceFault("notFound", "No such path.");
    reply.header("allow", methods.join(", "));
    throw new ServiceFault("methodNotAllowed", `Not with ${request.method}.`);
  });
  writeFaults(app, around, (reply, fault) => faultFor(reply.request)(reply, fault));
  const log = options.events;
  const isAdmin = adminTokenCheck(options.adminToken);
  const authorizedHub = (request: FastifyRequest): IotHub => {
    const hub = hubs.get(hostNameOf(request));
    if (hub === undefined)
      throw new ServiceFault("unauthorized", "Expected the admin token, or a hub's name as host.");
    authorize(request, { ...HUB_REFUSES, hostName: hub.hostName, policies: hub.policies }, around);
    return hub;
  };
  const { isReady, faults, throttling, monitoring } = options;
  const streams = new LineStreams();
  const admin = { isAdmin, isReady, faults, throttling, monitoring };
  adminRoutes(app, { log, hubs, streams, ...admin });
  eventRoutes(app, { log, hubs, isAdmin, authorizedHub, streams });
  const management = async (scope: ApiScope): Promise<void> => {
    const { dps, dpsDevices, adminToken } = options;
    const instance = { ...dps, idScope: dpsDevices.idScope };
    managementApi(scope, { around, adminToken, dps: instance, hubs });
  };
  const toDps = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!isDps(request)) throw new ServiceFault("notFound", "No such path on this host.");
    turnAwayIfGone(options.dpsDevices.faults, reply, "notFound");
  };
  void app.register(management, { prefix: MANAGEMENT_PREFIX });
  void app.register(async (scope: ApiScope) => {
    scope.addHook("onRequest", toDps);
    scope.addHook("onRequest", async (request) => {
      const { policies } = options.dps.linkedHubs.settings;
      authorize(request, { ...DPS_REFUSES, hostName: hostNameOf(request), policies }, around);
    });
    gateRoutes(scope, () => options.dpsDevices.gate);
    dpsRoutes(scope, { around, ...options.dps });
  });
  void app.register(async (scope: ApiScope) => {
    scope.addHook("onRequest", toDps);
    gateRoutes(scope, () => options.dpsDevices.gate);
    dpsDeviceRoutes(scope, options.dpsDevices);
  });
  void app.register(async (scope: ApiScope) => {
    scope.addHook("onRequest", async (request, reply) => {
      turnAwayIfGone(hubOf(request).faults, reply, "hubNotFound");
    });
    scope.addHook("onRequest", async (request) => {
      const { hostName, policies } = hubOf(request);
      authorize(request, { ...HUB_REFUSES, hostName, policies }, around);
    });
    gateRoutes(scope, (request) => hubOf(request).gate);
    hubRoutes(scope, { around, hubOf });
  });
  return streams;
}

const DPS_REFUSES = { unauthorized: "dpsUnauthorized", forbidden: "dpsUnauthorized" } as const;
const HUB_REFUSES = { unauthorized: "unauthorized", forbidden: "unauthorizedAccess" } as const;

function writeFaults(scope: ApiScope, around: Surroundings, write: FaultWriter): void {
  scope.setErrorHandler(async (error: unknown, _request, reply) => {
    const fault = faultOf(error);
    if (fault.status === 500)
      around.log.error({ component: "service-api", err: error }, "service api failed");
    await write(reply, fault);
  });
}

/** The name in the `Host` header, without the port. */
function hostNameOf(request: FastifyRequest): string {
  return withoutPort(request.headers.host ?? "").toLowerCase();
}
