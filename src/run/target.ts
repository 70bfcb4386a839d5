import { readFile } from "node:fs/promises";

import type { DialRule } from "../base/dial.ts";
import { HTTPS_PORT, MQTT_PORT } from "../base/dial.ts";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { ProxyChooser } from "../base/proxy.ts";
import { proxiesOf } from "../base/proxy.ts";
import type { Transport } from "../base/transport.ts";
import { deviceRoute, httpsRoute } from "../base/transport.ts";
import { hostField, idScopeField } from "../scenario/fields.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { EmulatorFaults } from "../service/emulator-faults.ts";
import { emulatorFaults } from "../service/emulator-faults.ts";
import type { EmulatorInfo } from "../service/emulator-file.ts";
import { emulatorRoute } from "../service/emulator-file.ts";
import { emulatorIngestionReader } from "../service/emulator-ingestion.ts";
import type { IngestionReader } from "../service/ingestion-reader.ts";
import type { LinkedHubs } from "../service/linked-hubs.ts";
import { linkedHubs } from "../service/linked-hubs.ts";
import { openManagement } from "../service/management.ts";
import type { ServiceAccess } from "../service/service-access.ts";
import { hostOf } from "../service/service-access.ts";
import type { ThrottlingReader } from "../service/throttling-state.ts";
import { emulatorThrottlingReader } from "../service/throttling-state.ts";
import type { Endpoints } from "../worker/protocol.ts";

/** Where every device registers unless told otherwise. Source: Microsoft Learn, "Communicate with DPS using MQTT". */
export const GLOBAL_HOST = "global.azure-devices-provisioning.net";

/** Settings of the command line that say where services are; all optional. */
export interface EndpointFlags {
  readonly provisioningHost?: string | undefined;
  readonly idScope?: string | undefined;
  readonly connectTo: readonly DialRule[];
  /** What devices speak. */
  readonly transport: Transport;
  /** File with CAs to trust; replaces the emulator's. */
  readonly caFile?: string | undefined;
}

/** Everything that a run must know of the services it runs against. */
export interface Target {
  readonly endpoints: Endpoints;
  /** Service access of DPS; undefined where none is at hand. */
  readonly dps: ServiceAccess | undefined;
  /** Service access of hubs, in no order. */
  readonly hubs: readonly ServiceAccess[];
  /** Reads what hubs ingested; undefined where that cannot be read. */
  readonly ingestion: IngestionReader | undefined;
  /** Tells what the services' limits did; undefined where that cannot be read. */
  readonly throttling: ThrottlingReader | undefined;
  /** Puts faults on the services; undefined where they can have none. */
  readonly faults: EmulatorFaults | undefined;
  /** Changes which hubs DPS assigns devices to; undefined where nobody here may. */
  readonly linkedHubs: LinkedHubs | undefined;
}

/** @throws {FleetError} `FILE_INVALID` when it cannot be read or holds no certificate */
export async function readCaFile(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new FleetError("FILE_INVALID", `the CA file cannot be read`, {
      problems: [
        { place: file, message: `expected PEM with a certificate, got: ${fileTrouble(error)}` },
      ],
      hint: "give --ca the file with the CA of the server's certificate",
      cause: error,
    });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new FleetError("FILE_INVALID", "the CA file holds no certificate", {
    problems: [
      { place: file, message: "expected PEM with -----BEGIN CERTIFICATE-----, got something else" },
    ],
    hint: "convert DER with: openssl x509 -inform der -in FILE -out FILE.pem",
  });
}

/** How services are reached over HTTPS. */
export interface ServiceWay {
  readonly connectTo: readonly DialRule[];
  readonly caPem: string | undefined;
  readonly proxyFor: ProxyChooser;
}

/**
 * Access to the service that a connection string names.
 *
 * @throws {FleetError} `USAGE` when it is none, or one of another kind, or its proxy cannot be used
 */
export function accessBy(
  connectionString: string,
  source: string,
  kind: "dps" | "hub",
  { connectTo, caPem, proxyFor }: ServiceWay,
): ServiceAccess {
  const host = hostOf({ connectionString, source }, kind);
  // Only a rule that names the port: one for MQTT must not catch HTTPS.
  const rules = connectTo.filter((rule) => rule.port === HTTPS_PORT);
  const { proxy, ...dialled } = httpsRoute({ connectTo: rules, proxyFor }, host);
  const route = proxy === undefined ? dialled : { proxy };
  return { connectionString, source, route: { ...route, caPem } };
}

/** Access to an emulator's services, which no proxy leads to; `hubs` in its own order. */
export function emulatorAccess(
  info: EmulatorInfo,
  source: string,
  { connectTo, caPem }: Omit<ServiceWay, "proxyFor">,
): { readonly dps: ServiceAccess; readonly hubs: readonly ServiceAccess[] } {
  const rules = [...connectTo, ...emulatorRules(info)];
  const way = { connectTo: rules, caPem, proxyFor: () => undefined };
  return {
    dps: accessBy(info.dpsConnectionString, source, "dps", way),
    hubs: info.hubConnectionStrings.map((text) => accessBy(text, source, "hub", way)),
  };
}

/** The emulator's names, dialled where it listens. */
function emulatorRules(info: EmulatorInfo): readonly DialRule[] {
  return [info.provisioningHost, info.dpsHost, ...info.hubs].flatMap((host) => [
    { host, port: MQTT_PORT, address: info.address, toPort: info.mqttPort },
    { host, port: HTTPS_PORT, address: info.address, toPort: info.httpsPort },
  ]);
}

/** An emulator as a target; flags win over what it says of itself. */
export async function emulatorTarget(
  info: EmulatorInfo,
  source: string,
  flags: EndpointFlags,
): Promise<Target> {
  const caPem = await readCaFile(flags.caFile ?? info.caFile);
  const connectTo = [...flags.connectTo, ...emulatorRules(info)];
  const { eventsUrl, adminUrl, adminToken } = info;
  const paths = { eventsUrl, adminUrl, adminToken, route: emulatorRoute(info, caPem) };
  return {
    endpoints: {
      provisioningHost: flags.provisioningHost ?? info.provisioningHost,
      idScope: flags.idScope ?? info.idScope,
      caPem,
      connectTo,
      transport: flags.transport,
    },
    ...emulatorAccess(info, source, { connectTo: flags.connectTo, caPem }),
    ingestion: emulatorIngestionReader(paths),
    throttling: emulatorThrottlingReader(paths),
    faults: emulatorFaults(paths),
    linkedHubs: linkedHubs(
      () => openManagement(info, { caPem }),
      new Map(
        info.hubConnectionStrings.map((connectionString) => [
          hostOf({ connectionString, source }, "hub").toLowerCase(),
          connectionString,
        ]),
      ),
    ),
  };
}

/** A variable of Microsoft's samples, judged as the flag of the same meaning is; an empty one is none. */
function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  field: typeof hostField,
): { readonly value?: string; readonly problem?: Problem } {
  const text = env[name];
  if (text === undefined || text === "") return {};
  const { success, error } = field.safeParse(text);
  return success
    ? { value: text }
    : { problem: { place: name, message: error.issues[0]?.message ?? "expected another value" } };
}

/**
 * Azure as a target. Service access is what the environment has; a run without it can still register and stream.
 *
 * @throws {FleetError} `USAGE` without an ID scope, or for what the environment says amiss
 */
export async function azureTarget(
  scenario: Pick<Scenario["provisioning"], "host" | "idScope" | "connectionStrings">,
  flags: EndpointFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Target> {
  const host = fromEnvironment(env, "PROVISIONING_HOST", hostField);
  const scope = fromEnvironment(env, "PROVISIONING_IDSCOPE", idScopeField);
  const problems = [host, scope].flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) {
    throw new FleetError("USAGE", "the environment is wrong", { problems });
  }
  const idScope = flags.idScope ?? scope.value ?? scenario.idScope;
  if (idScope === undefined && scenario.connectionStrings === undefined) {
    throw new FleetError("USAGE", "the ID scope of the Device Provisioning Service is missing", {
      hint: "give --id-scope, PROVISIONING_IDSCOPE or provisioning.idScope (portal: DPS, Overview)",
    });
  }
  const caPem = flags.caFile === undefined ? undefined : await readCaFile(flags.caFile);
  const endpoints = {
    provisioningHost: flags.provisioningHost ?? host.value ?? scenario.host ?? GLOBAL_HOST,
    idScope: idScope ?? "",
    caPem,
    connectTo: flags.connectTo,
    transport: flags.transport,
  };
  const proxyFor = proxiesOf(env, caPem);
  // Asked here, a proxy that cannot be used is told before anything is written.
  deviceRoute({ ...endpoints, proxyFor }, endpoints.provisioningHost);
  const access = (name: string, kind: "dps" | "hub"): readonly ServiceAccess[] => {
    const connectionString = env[name];
    const way = { connectTo: flags.connectTo, caPem, proxyFor };
    return connectionString ? [accessBy(connectionString, name, kind, way)] : [];
  };
  return {
    endpoints,
    dps: access("DPS_CONNECTION_STRING", "dps")[0],
    hubs: access("IOTHUB_CONNECTION_STRING", "hub"),
    ingestion: undefined,
    throttling: undefined,
    faults: undefined,
    linkedHubs: undefined,
  };
}
