import { randomBytes, randomUUID } from "node:crypto";
import { latenciesOf } from "../base/latencies.ts";
import type { Logger } from "../base/log.ts";
import { silentLogger } from "../base/log.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { DPS_POLICIES, HUB_POLICIES, newPolicies } from "./access-policy.ts";
import { packetBytes } from "./broker.ts";
import { CaStore } from "./certificates/ca-store.ts";
import type { EmulatorLimits } from "./defaults.ts";
import { limitsFrom } from "./defaults.ts";
import { DeviceApi } from "./dps/device-api.ts";
import { startDps } from "./dps/dps.ts";
import { Enrollments } from "./dps/enrollments.ts";
import { defaultLink, LinkedHubs } from "./dps/linked-hubs.ts";
import { Provisioning } from "./dps/provisioning.ts";
import { Registrations } from "./dps/registrations.ts";
import { isDpsUserName } from "./dps/user-name.ts";
import { EventLog } from "./events/event-log.ts";
import { IotHub } from "./hub/hub.ts";
import { parseHubUserName } from "./hub/login/user-name.ts";
import type { HandOverOptions } from "./listener.ts";
import { startListener } from "./listener.ts";
import { PeerChains } from "./peer-certificate.ts";
import { startApiServer } from "./service-api/api-server.ts";
import { ADMIN_PATH } from "./service-api/admin-routes.ts";
import type { Surroundings } from "./surroundings.ts";

/** Names that an emulator has unless told otherwise. */
export const DEFAULT_NAMES = {
  idScope: "0ne000CA7E5",
  provisioningHost: "global.azure-devices-provisioning.net",
  dpsHost: "cheesecave-dps.azure-devices-provisioning.net",
  hubs: ["cheesecave-hub.azure-devices.net"],
} as const;

export interface EmulatorOptions extends Partial<EmulatorLimits> {
  /** Server certificate (chain) and key; its names must cover every host name, and `host`. */
  readonly tls: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly mqttPort?: number;
  readonly httpsPort?: number;
  readonly idScope?: string;
  readonly provisioningHost?: string;
  readonly dpsHost?: string;
  /** Host names of the hubs, at least one; all are linked to DPS. */
  readonly hubs?: readonly string[];
  /** How far each hub is from the devices, in ms by host name: all hubs or none, which is the default. */
  readonly latencies?: Readonly<Record<string, number>>;
  /** ms since 1970; default the machine's clock. */
  readonly clock?: () => number;
  /** New GUIDs; default random. */
  readonly newId?: () => string;
  readonly log?: Logger;
}

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  readonly host: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly dpsHost: string;
  readonly hubs: readonly string[];
  /** Keys are new at every start. */
  readonly dpsConnectionString: string;
  /** In the order of `hubs`. */
  readonly hubConnectionStrings: readonly string[];
  readonly eventsUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  /** Closes both ports and every connection; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts DPS and IoT Hubs on this machine: MQTT over TLS on one port, the service APIs over HTTPS on another.
 *
 * @throws {FleetError} `ADDRESS_IN_USE` with the address, `USAGE` where `latencies` do not fit the hubs; nothing is left
 *   running then
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const names = lowerCaseNames(options);
  const host = options.host ?? "127.0.0.1";
  const around: Surroundings = {
    limits: limitsFrom(options),
    clock: options.clock ?? Date.now,
    newId: options.newId ?? randomUUID,
    log: options.log ?? silentLogger(),
  };
  const events = new EventLog({
    maxCount: around.limits.eventsMaxCount,
    maxBytes: around.limits.eventsMaxBytes,
    retentionMs: around.limits.eventRetentionMs,
    clock: around.clock,
  });
  const enrollments = new Enrollments(around);
  const registrations = new Registrations(around);
  const cas = new CaStore({
    around,
    neededBy: (name) => {
      const group = enrollments.referringTo(name);
      return group === undefined ? undefined : `enrollment group ${group.id}`;
    },
  });
  const adminToken = randomBytes(32).toString("base64url");
  const chains = new PeerChains();
  const dpsPolicies = newPolicies(DPS_POLICIES);
  const started: (() => Promise<void>)[] = [];
  const stop = stopAll(started);
  try {
    const hubs: IotHub[] = [];
    for (const hostName of names.hubs) {
      const hub = await IotHub.start({
        around,
        hostName,
        policies: newPolicies(HUB_POLICIES),
        chains,
        events,
      });
      started.push(() => hub.stop());
      hubs.push(hub);
    }
    const byName = new Map(hubs.map((hub) => [hub.hostName, hub]));
    const linkedHubs = new LinkedHubs(around, {
      iotHubs: hubs.map(defaultLink),
      policies: dpsPolicies,
    });
    const provisioning = new Provisioning({
      around,
      enrollments,
      registrations,
      linkedHubs,
      latencies: latenciesOf(options.latencies ?? {}, names.hubs),
      cas,
    });
    started.push(() => provisioning.stop());
    const forDevices = {
      around,
      idScope: names.idScope,
      devices: new DeviceApi(provisioning),
      chains,
    };
    const dps = await startDps(forDevices);
    started.push(() => dps.stop());
    const tls = options.tls;
    const mqtt: HandOverOptions = {
      connectTimeoutMs: around.limits.connectTimeoutMs,
      route: ({ userName = "" }) =>
        isDpsUserName(userName) ? dps : byName.get(parseHubUserName(userName)?.hostName ?? ""),
      log: around.log.child({ component: "listener" }),
    };
    const listener = await startListener({ ...tls, ...mqtt, host, port: options.mqttPort ?? 0 });
    started.push(() => listener.stop());
    const api = await startApiServer({
      ...tls,
      around,
      host,
      port: options.httpsPort ?? 0,
      dps: {
        enrollments,
        registrations,
        linkedHubs,
        cas,
        hostNames: [names.dpsHost, names.provisioningHost],
      },
      dpsDevices: forDevices,
      hubs,
      events,
      adminToken,
      webSockets: { ...mqtt, messageMaxBytes: webSocketMaxBytes(around.limits) },
    });
    started.push(() => api.stop());
    const adminUrl = `https://${urlHost(host)}:${api.port}${ADMIN_PATH}`;
    return {
      ...names,
      host,
      mqttPort: listener.port,
      httpsPort: api.port,
      dpsConnectionString: connectionString(names.dpsHost, dpsPolicies),
      hubConnectionStrings: hubs.map((hub) => connectionString(hub.hostName, hub.policies)),
      eventsUrl: `${adminUrl}/events`,
      adminUrl,
      adminToken,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function lowerCaseNames(options: EmulatorOptions): {
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly dpsHost: string;
  readonly hubs: readonly string[];
} {
  return {
    idScope: options.idScope ?? DEFAULT_NAMES.idScope,
    provisioningHost: (options.provisioningHost ?? DEFAULT_NAMES.provisioningHost).toLowerCase(),
    dpsHost: (options.dpsHost ?? DEFAULT_NAMES.dpsHost).toLowerCase(),
    hubs: [...new Set((options.hubs ?? DEFAULT_NAMES.hubs).map((hub) => hub.toLowerCase()))],
  };
}

/** Stops in reverse order of starting, once. */
function stopAll(started: (() => Promise<void>)[]): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const all = async (): Promise<void> => {
    for (const stopOne of started.toReversed()) await stopOne();
  };
  return () => (stopped ??= all());
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
