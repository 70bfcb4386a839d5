import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { connect as tlsConnect } from "node:tls";
import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import iothub from "azure-iothub";
import { WebSocket, createWebSocketStream } from "ws";
import { redirect } from "../../integration/emulator-service-clients.ts";
import type { EmulatorOptions } from "../../../src/emulator/emulator.ts";
import type { DeviceKeys } from "../../integration/emulator-wire.ts";
import { HUB, WireClient, emulatorForTest } from "../../integration/emulator-wire.ts";
import type { TestPki } from "../../support/pki.ts";
import { testPki } from "../../support/pki.ts";
import { Entries } from "./entries.ts";
import type { Management } from "./management.ts";
import { managementClients } from "./management.ts";
import type {
  Detour,
  DeviceTransport,
  HubTransport,
  MqttTransportKind,
  TransportKind,
} from "./transports.ts";
import { hubTransport, provisioningTransport } from "./transports.ts";

const HUB_2 = "second-hub.azure-devices.net";

/** Whether there are two hubs; real Azure has as many as it is given. For `test.skipIf`, which is asked before there is a target. */
export const HAS_TWO_HUBS =
  process.env["IOTHUB_CONNECTION_STRING"] === undefined ||
  process.env["IOTHUB_CONNECTION_STRING_2"] !== undefined;

/** Whether the target is given by connection strings, as `Target.live` says; for `test.skipIf`. */
export const IS_LIVE = process.env["IOTHUB_CONNECTION_STRING"] !== undefined;

/** Whether there are management clients: an emulator has them, real Azure wants more than connection strings. */
export const HAS_MANAGEMENT =
  process.env["IOTHUB_CONNECTION_STRING"] === undefined ||
  process.env["EMULATOR_ADMIN_TOKEN"] !== undefined;

/** Whether the settings of the DPS instance may be changed: nobody else uses it at the time. */
export const OWNS_INSTANCE =
  HAS_MANAGEMENT && (!IS_LIVE || process.env["EMULATOR_EXCLUSIVE"] !== undefined);

/** A hub that is linked to the DPS instance. */
export interface TargetHub {
  readonly hostName: string;
  readonly connectionString: string;
  readonly registry: iothub.Registry;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpsQuestion {
  readonly method: string;
  readonly path: string;
  /** Default: the provisioning host. */
  readonly host?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly keys?: DeviceKeys | undefined;
}

/**
 * The DPS instance and the hubs that the conformance tests speak to, by Microsoft's names. Tests make entries under
 * unique names (`entries`) and delete them again, so that they can share an instance with others.
 */
export interface Target extends AsyncDisposable {
  /** Whether it is given by connection strings; else an emulator in this process. */
  readonly live: boolean;
  readonly idScope: string;
  readonly provisioningHost: string;
  /** The DPS instance's own name. */
  readonly dpsHost: string;
  /** Of a policy with every right, as the hubs' are. */
  readonly dpsConnectionString: string;
  /** The first hub, where devices come unless an entry says otherwise. */
  readonly hub: string;
  /** All hubs, `hub` first; two or more where `HAS_TWO_HUBS`. */
  readonly hubs: readonly TargetHub[];
  /** Certificates for devices; nothing of it is known to the target before a test enrolls it. */
  readonly pki: TestPki;
  /** Microsoft's service clients; the registry is that of `hub`. */
  readonly clients: {
    readonly registry: iothub.Registry;
    readonly dps: ProvisioningServiceClient;
  };
  /** For Microsoft's `webSocketAgent`; undefined where the names and the trust of the process will do. */
  readonly agent: Agent | undefined;
  /** Microsoft's management clients; undefined where `HAS_MANAGEMENT` is false. */
  readonly management: Management | undefined;
  /** A test's own names and entries. */
  entries(): Entries;
  /** Microsoft's provisioning transport, one for each registration. */
  transport(kind: TransportKind): DeviceTransport;
  /** Microsoft's transport for device clients of hubs; `hubDevice` connects with it. */
  hubTransport(kind: MqttTransportKind): HubTransport;
  /** A TLS connection for raw packets, under `host`, on the MQTT port or as a WebSocket. */
  wire(kind: MqttTransportKind, host: string, keys?: DeviceKeys): Promise<WireClient>;
  https(question: HttpsQuestion): Promise<HttpsAnswer>;
}

/**
 * An emulator in this process; or, where `DPS_CONNECTION_STRING`, `IOTHUB_CONNECTION_STRING` and `PROVISIONING_IDSCOPE`
 * are set, what they name, dialled and trusted as the process does it (`NODE_EXTRA_CA_CERTS`); a second hub is
 * `IOTHUB_CONNECTION_STRING_2`.
 *
 * @param options of the emulator in this process; what they are about is left out where `IS_LIVE`
 */
export async function conformanceTarget(
  options: Omit<EmulatorOptions, "tls" | "hubs"> = {},
): Promise<Target> {
  const {
    DPS_CONNECTION_STRING: dps,
    IOTHUB_CONNECTION_STRING: hub,
    IOTHUB_CONNECTION_STRING_2: second,
    PROVISIONING_IDSCOPE: idScope,
    PROVISIONING_HOST: provisioningHost = "global.azure-devices-provisioning.net",
    EMULATOR_ADMIN_URL: adminUrl,
    EMULATOR_ADMIN_TOKEN: adminToken,
  } = process.env;
  if (dps !== undefined && hub !== undefined && idScope !== undefined)
    return targetOf({
      dps,
      hubs: second === undefined ? [hub] : [hub, second],
      idScope,
      provisioningHost,
      pki: await testPki(),
      ...(adminUrl !== undefined && adminToken !== undefined
        ? { management: managementClients({ adminUrl, adminToken }) }
        : {}),
    });
  const { emulator, pki } = await emulatorForTest({
    assignmentMs: 20,
    hubs: [HUB, HUB_2],
    ...options,
  });
  return targetOf({
    dps: emulator.dpsConnectionString,
    hubs: emulator.hubConnectionStrings,
    idScope: emulator.idScope,
    provisioningHost: emulator.provisioningHost,
    pki,
    detour: {
      address: emulator.host,
      mqttPort: emulator.mqttPort,
      agent: new Agent({
        host: emulator.host,
        port: emulator.httpsPort,
        ca: pki.root.certificatePem,
        keepAlive: true,
      }),
      ca: pki.root.certificatePem,
    },
    management: managementClients({ ...emulator, ca: pki.root.certificatePem }),
    stop: () => emulator.stop(),
  });
}

function targetOf(options: {
  readonly dps: string;
  readonly hubs: readonly string[];
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly pki: TestPki;
  readonly detour?: Detour;
  readonly management?: Management;
  readonly stop?: () => Promise<void>;
}): Target {
  const { idScope, provisioningHost, pki, detour } = options;
  const agent = detour?.agent;
  const dps = ProvisioningServiceClient.fromConnectionString(options.dps);
  const hubs = options.hubs.map((connectionString) => ({
    hostName: hostNameIn(connectionString),
    connectionString,
    registry: iothub.Registry.fromConnectionString(connectionString),
  }));
  const [hub] = hubs;
  if (hub === undefined) throw new TypeError("no hub");
  const clients = { registry: hub.registry, dps };
  if (agent !== undefined)
    for (const client of [dps, ...hubs.map(({ registry }) => registry)]) redirect(client, agent);
  return {
    live: detour === undefined,
    idScope,
    provisioningHost,
    dpsHost: hostNameIn(options.dps),
    dpsConnectionString: options.dps,
    hub: hub.hostName,
    hubs,
    pki,
    clients,
    agent,
    management: options.management,
    entries: () => new Entries({ dps, hubs }),
    transport: (kind) => provisioningTransport(kind, detour),
    hubTransport: (kind) => hubTransport(kind, detour),
    wire: (kind, host, keys) =>
      kind === "MQTT" ? overTls(host, keys, detour) : overWebSocket(host, keys, agent),
    https: (question) => ask({ host: provisioningHost, ...question }, agent),
    [Symbol.asyncDispose]: async () => {
      agent?.destroy();
      await options.stop?.();
    },
  };
}

function hostNameIn(connectionString: string): string {
  const name = /(?:^|;)HostName=([^;]+)/i.exec(connectionString)?.[1];
  if (name === undefined) throw new TypeError("the connection string has no HostName");
  return name;
}

const certificateOf = (
  keys: DeviceKeys | undefined,
): { readonly cert?: string; readonly key?: string } =>
  keys === undefined ? {} : { cert: keys.fullChainPem, key: keys.privateKeyPem };

async function overTls(
  host: string,
  keys: DeviceKeys | undefined,
  detour: Detour | undefined,
): Promise<WireClient> {
  const socket = tlsConnect({
    host: detour?.address ?? host,
    port: detour?.mqttPort ?? 8883,
    servername: host,
    ca: detour?.ca,
    ...certificateOf(keys),
  });
  await once(socket, "secureConnect");
  return WireClient.over(socket);
}

async function overWebSocket(
  host: string,
  keys: DeviceKeys | undefined,
  agent: Agent | undefined,
): Promise<WireClient> {
  const webSocket = new WebSocket(`wss://${host}/$iothub/websocket`, "mqtt", {
    ...(agent === undefined ? {} : { agent }),
    ...certificateOf(keys),
  });
  const stream = createWebSocketStream(webSocket);
  stream.once("end", () => stream.destroy());
  await once(webSocket, "open");
  return WireClient.over(stream);
}

async function ask(question: HttpsQuestion, agent: Agent | undefined): Promise<HttpsAnswer> {
  const sent = httpsRequest({
    host: question.host,
    port: 443,
    method: question.method,
    path: question.path,
    headers: { "content-type": "application/json; charset=utf-8", ...question.headers },
    agent,
    ...certificateOf(question.keys),
  });
  sent.end(question.body);
  const [answer] = await once(sent, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { statusCode, headers } = answer;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}
