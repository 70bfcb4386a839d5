import { randomBytes } from "node:crypto";
import { deferred } from "../base/deferred.ts";
import type { FleetError } from "../base/errors.ts";
import { settlesWithin } from "../base/settles-within.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { packetBytes } from "./broker.ts";
import type { EmulatorLimits } from "./defaults.ts";
import { frontDoor } from "./front-door.ts";
import type { HandOverOptions } from "./hand-over.ts";
import { startListener } from "./listener.ts";
import type { EmulatorMetrics } from "./metrics/readings.ts";
import { expiredCertificate } from "./network/expired-certificate.ts";
import { NetworkFaults } from "./network/network-faults.ts";
import { Wires } from "./network/wires.ts";
import type { ServiceNames } from "./kept-names.ts";
import type { EmulatorOptions } from "./options.ts";
import { startApiServer } from "./service-api/api-server.ts";
import { ADMIN_PATH } from "./service-api/admin/admin-path.ts";
import { DPS_SERVICE } from "../base/fault-kind.ts";
import type { FaultControl } from "./faults/fault-control.ts";
import { faultControl } from "./faults/fault-control.ts";
import { startServices } from "./services.ts";
import type { ThrottlingControl } from "./throttling/throttling-control.ts";
import { throttlingControl } from "./throttling/throttling-control.ts";

export { HUB_RIGHTS } from "./access-policy.ts";
export { DEFAULT_NAMES } from "./default-names.ts";
export { AZURE_DEFAULTS } from "./defaults.ts";
export { limitFields } from "./limit-fields.ts";
export { tierFields } from "./throttling/tier-fields.ts";
export type { FaultControl } from "./faults/fault-control.ts";
export type { FaultDocument } from "./faults/fault-document.ts";
export type { FaultRequest } from "../base/fault-order.ts";
export type { ServiceNames } from "./kept-names.ts";
export type { EmulatorMetrics } from "./metrics/readings.ts";
export type { EmulatorOptions, ServerTls } from "./options.ts";
export type { TierChange } from "./throttling/tier-change.ts";
export type { ThrottlingState } from "./throttling/throttling.ts";
export type { ThrottlingControl } from "./throttling/throttling-control.ts";

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  readonly host: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly dpsHost: string;
  readonly hubs: readonly string[];
  /** Keys are new at every start, unless state is kept. */
  readonly dpsConnectionString: string;
  /** In the order of `hubs`. */
  readonly hubConnectionStrings: readonly string[];
  readonly eventsUrl: string;
  readonly adminUrl: string;
  /** New at every start. */
  readonly adminToken: string;
  /**
   * Resolves when what changes cannot be kept any more, as on a full disk: nothing is acknowledged then, and the emulator
   * stops.
   */
  readonly lost: Promise<FleetError>;
  /** What is to fail: put on, listed, ended. */
  readonly faults: FaultControl;
  /** Tiers and limits, while it runs. */
  readonly throttling: ThrottlingControl;
  /** What Azure Monitor would know: all metrics by their REST names, for each hub and for DPS, since the start. */
  metrics(): EmulatorMetrics;
  /**
   * Takes no new connections, lets running requests and method calls end and devices have their PUBACKs, for `drainMs` at
   * most, and closes every connection and both ports; safe to call twice.
   */
  stop(): Promise<void>;
}

/**
 * Starts DPS and IoT Hubs on this machine: MQTT over TLS on one port, the service APIs over HTTPS on another.
 *
 * @throws {FleetError} `ADDRESS_IN_USE` with the address, `USAGE` where options do not fit each other or what is kept,
 *   `FOREIGN_FILE`, `DATA_IN_USE` or `FILE_INVALID` for a folder of state that cannot be used; nothing is left running
 *   then
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const host = options.host ?? "127.0.0.1";
  const lost = deferred<FleetError>();
  const services = await startServices(options, (error) => lost.resolve(error));
  const { names, around, hubs, forDevices } = services;
  const started = [() => services.stop()];
  const running: { ready: boolean; drain: () => Promise<void> } = {
    ready: false,
    drain: () => Promise.resolve(),
  };
  const stop = once(async () => {
    running.ready = false;
    await settlesWithin(running.drain(), around.limits.drainMs);
    for (const stopOne of started.toReversed()) await stopOne();
  });
  void lost.promise.then((error) => {
    around.log.error({ component: "emulator", err: error }, "state is lost, emulator stops");
    return stop();
  });
  try {
    const tls = typeof options.tls === "function" ? await options.tls(names) : options.tls;
    const faults = faultControl(services.faults, {
      hubs: names.hubs,
      missing:
        tls.expiredCertificatePem === undefined
          ? { serverCertificateExpired: "the emulator was given no expired certificate" }
          : {},
    });
    const adminToken = randomBytes(32).toString("base64url");
    const wires = new Wires();
    new NetworkFaults(services.faults, wires).begin();
    const mqtt: HandOverOptions = {
      connectTimeoutMs: around.limits.connectTimeoutMs,
      bounds: services.bounds,
      ...frontDoor(services, wires),
      log: around.log.child({ component: "listener" }),
    };
    const ports: { forgetSessions: () => void }[] = [];
    const contextFor = expiredCertificate(services.faults, {
      tls,
      serviceOf: (hostName) => serviceNamed(names, hostName),
      forgetSessions: () => ports.forEach((port) => port.forgetSessions()),
    });
    const shown = { tls, contextFor };
    const listener = await startListener({ ...shown, ...mqtt, host, port: options.mqttPort ?? 0 });
    started.push(() => listener.stop());
    const api = await startApiServer({
      ...shown,
      around,
      host,
      port: options.httpsPort ?? 0,
      dps: {
        ...services.dps,
        hostNames: [names.dpsHost, names.provisioningHost],
      },
      dpsDevices: forDevices,
      hubs,
      events: services.events,
      adminToken,
      isReady: () => running.ready,
      faults,
      throttling: services.throttling,
      monitoring: services.monitoring,
      webSockets: { ...mqtt, messageMaxBytes: webSocketMaxBytes(around.limits) },
    });
    started.push(() => api.stop());
    ports.push(listener, api);
    running.drain = async () => {
      // What they hold up goes on.
      services.faults.stop();
      // Nobody waits for a turn that would come after the end.
      services.throttling.stop();
      listener.close();
      // Devices stay until the calls that wait for their answers are over.
      await api.drain();
      await services.drain();
    };
    running.ready = true;
    const adminUrl = `https://${urlHost(host)}:${api.port}${ADMIN_PATH}`;
    return {
      ...names,
      host,
      mqttPort: listener.port,
      httpsPort: api.port,
      dpsConnectionString: connectionString(
        names.dpsHost,
        services.dps.linkedHubs.settings.policies,
      ),
      hubConnectionStrings: hubs.map((hub) => connectionString(hub.hostName, hub.policies)),
      eventsUrl: `${adminUrl}/events`,
      adminUrl,
      adminToken,
      lost: lost.promise,
      faults,
      throttling: throttlingControl(services.throttling),
      metrics: () => services.monitoring.metrics(hubs),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Judges options as `startEmulator` would, without opening or writing anything; what a folder of `data` has is not
 * looked at.
 *
 * @throws {FleetError} `USAGE` as `startEmulator` throws it
 */
export async function judgeOptions(options: Omit<EmulatorOptions, "tls">): Promise<void> {
  const { data: _data, ...inMemory } = options;
  const services = await startServices(inMemory);
  await services.stop();
}

/** Calls `act` at most once; every caller gets its end. */
function once(act: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => (ended ??= act());
}

/** The service of a host name, by the name under which faults are put on. */
function serviceNamed(names: ServiceNames, hostName: string): string | undefined {
  if (hostName === names.dpsHost || hostName === names.provisioningHost) return DPS_SERVICE;
  return names.hubs.find((hub) => hub === hostName);
}

/** Of the first policy, which has every right. */
function connectionString(hostName: string, [owner]: readonly AccessPolicy[]): string {
  if (owner === undefined) throw new TypeError(`${hostName} has no policy`);
  return `HostName=${hostName};SharedAccessKeyName=${owner.name};SharedAccessKey=${owner.primaryKey}`;
}

/** Room for several of the largest MQTT packets in one WebSocket message. */
function webSocketMaxBytes(limits: EmulatorLimits): number {
  return 4 * packetBytes(Math.max(limits.telemetryMaxBytes, limits.registerMaxBytes));
}

/** An address to dial in a URL: "every address" is reached through the loopback one. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
