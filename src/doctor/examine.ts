import { resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { secretPlace } from "../base/secret-ref.ts";
import type { RunConsole } from "../output/run-console.ts";
import { withMadeKey } from "../run/made-group-key.ts";
import { takeVaultSecrets } from "../run/vault-secrets.ts";
import { readSymmetricKey } from "../secrets/symmetric-key-secret.ts";
import { certsLayout } from "../pki/layout.ts";
import { knownCas, readStoredCas } from "../pki/stored-ca.ts";
import type { PreparedRun } from "../run/prepare.ts";
import { prepareRun } from "../run/prepare.ts";
import type { RunOptions } from "../run/run-options.ts";
import { SERVICE_TIMEOUT_MS } from "../service/connection.ts";
import type { ServiceAccess } from "../service/service-access.ts";
import { checkArrival } from "./checks/fleet.ts";
import type { FleetIdentity } from "./checks/identities.ts";
import { checkIdentities } from "./checks/identities.ts";
import { checkFiles, checkMemory, checkNode, checkPorts } from "./checks/machine.ts";
import type { Reach } from "./checks/network.ts";
import { checkHost } from "./checks/network.ts";
import type { ExpectedGroup } from "./checks/services.ts";
import { checkDps, checkHub } from "./checks/services.ts";
import type { Finding } from "./finding.ts";
import { AREAS, ofError, ofProblems, ok } from "./finding.ts";

/** Where the services are that a fleet would use. */
export interface Services {
  /** Names that devices connect to; empty = the run starts an emulator of its own, or nothing is known. */
  readonly hosts: readonly string[];
  readonly reach: Reach;
  readonly dps: ServiceAccess | undefined;
  readonly hubs: readonly ServiceAccess[];
  /** What is wrong with the ways to them. */
  readonly findings: readonly Finding[];
}

export interface ExamineOptions {
  /** What a run of the scenario would be given; undefined = no scenario. */
  readonly run: RunOptions | undefined;
  readonly certsDir: string;
  /** By the scenario's target and host, where there is one that can be read. */
  readonly servicesFor: (prepared: PreparedRun | undefined) => Promise<Services>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly cores: number;
  readonly nodeVersion: string;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs every check that it can, at once where they wait, each with a limit. Sends no registration and writes nothing.
 *
 * @returns in the order of {@link AREAS}
 * @throws the signal's reason where it aborts; nothing else that is expected
 */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const { signal } = options;
  const { prepared, findings } = await prepare(options);
  const all = [...findings, checkNode(options.nodeVersion)];
  const env = prepared?.env ?? options.env;
  const services = await options.servicesFor(prepared?.run);
  all.push(...services.findings);
  const waiting = [
    machine(prepared?.run),
    identities({ ...options, env }, prepared?.run),
    symmetricKeys(prepared?.run, env),
    ...ofServices(services, options, prepared?.run),
  ];
  for (const found of await Promise.all(waiting)) all.push(...found);
  signal?.throwIfAborted();
  return all.toSorted((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
}

/** A run that would begin, and its environment with the secrets that it names in a vault. */
interface Prepared {
  readonly run: PreparedRun;
  readonly env: ExamineOptions["env"];
}

async function prepare({ run, cwd, cores, env, signal }: ExamineOptions): Promise<{
  readonly prepared: Prepared | undefined;
  readonly findings: readonly Finding[];
}> {
  if (run === undefined) return { prepared: undefined, findings: [] };
  try {
    const written = await prepareRun(run, { cwd, cores, env });
    const stop = signal ?? new AbortController().signal;
    const context = await withMadeKey(written.plan, { env, cwd, console: QUIET, stop });
    const given = await takeVaultSecrets(written, run, context);
    const { plan, scenario } = given.prepared;
    const text = `${run.scenarioFile}: ${scenario.name}, ${plan.devices.length} devices against ${plan.target}`;
    return {
      prepared: { run: given.prepared, env: given.context.env },
      findings: [ok("scenario", text), ...ofProblems("scenario", "warn", given.prepared.warnings)],
    };
  } catch (error) {
    return { prepared: undefined, findings: ofError("scenario", error) };
  }
}

const QUIET: RunConsole = {
  phase: () => {},
  progress: () => {},
  status: () => {},
  warning: () => {},
};

async function machine(prepared: PreparedRun | undefined): Promise<readonly Finding[]> {
  if (prepared === undefined) return [];
  const { plan, workers, own, scenario } = prepared;
  const size = { devices: plan.devices.length, workers, ownEmulator: own !== undefined };
  const [files, ports] = await Promise.all([checkFiles(size), checkPorts(size)]);
  return [...files, ...ports, checkMemory(size), checkArrival(scenario, plan)];
}

const isToBeAdmitted = ({ expectedRefusal }: { readonly expectedRefusal?: unknown }): boolean =>
  expectedRefusal === undefined;

async function identities(
  { certsDir, cwd, env, now, signal }: ExamineOptions,
  prepared: PreparedRun | undefined,
): Promise<readonly Finding[]> {
  const layout = certsLayout(resolve(cwd, certsDir));
  const devices = prepared?.plan.devices.flatMap((device): readonly FleetIdentity[] => {
    const { registrationId, credentials } = device;
    if (credentials.format !== "pem" && credentials.format !== "pfx") return [];
    const place = prepared.places.get(registrationId);
    return [{ registrationId, credentials, place, unfit: !isToBeAdmitted(device) }];
  });
  try {
    const isGrouped =
      prepared?.scenario.provisioning.group !== undefined && prepared.plan.target === "emulator";
    return await checkIdentities({ layout, devices, isGrouped, env, now: now(), signal });
  } catch (error) {
    signal?.throwIfAborted();
    return ofError("identities", error);
  }
}

/** The keys of devices without certificates, each secret once. */
async function symmetricKeys(
  prepared: PreparedRun | undefined,
  env: ExamineOptions["env"],
): Promise<readonly Finding[]> {
  const refs = new Map(
    (prepared?.plan.devices ?? []).flatMap(({ credentials }) =>
      credentials.format === "symmetricKey"
        ? [[secretPlace(credentials.key), credentials.key] as const]
        : [],
    ),
  );
  const found = [...refs].map(async ([place, ref]): Promise<readonly Finding[]> => {
    try {
      await readSymmetricKey(ref, env);
      return [ok("identities", `${place} holds a symmetric key`)];
    } catch (error) {
      return ofError("identities", error);
    }
  });
  return (await Promise.all(found)).flat();
}

function ofServices(
  { hosts, reach, dps, hubs }: Services,
  { certsDir, cwd, signal }: ExamineOptions,
  prepared: PreparedRun | undefined,
): readonly Promise<readonly Finding[]>[] {
  const limit = { timeoutMs: SERVICE_TIMEOUT_MS, signal };
  const group =
    prepared === undefined ? undefined : expectedGroup(prepared, resolve(cwd, certsDir));
  return [
    ...[...new Set(hosts)].map((host) => checkHost(host, reach)),
    ...(dps === undefined ? [] : [checkDps(dps, group, limit)]),
    ...hubs.map((hub) => checkHub(hub, limit)),
  ];
}

function expectedGroup(
  { scenario, plan, places }: PreparedRun,
  certsDir: string,
): ExpectedGroup | undefined {
  const { group, createGroup } = scenario.provisioning;
  // One that is to let nobody in is right as it is.
  if (group === undefined || !plan.devices.some(isToBeAdmitted)) return undefined;
  // Devices that the user brought lead to CAs of the user's, and keys to none.
  const ofStore = plan.devices.some(
    ({ registrationId, credentials: { format }, ...device }) =>
      (format === "pem" || format === "pfx") &&
      !places.has(registrationId) &&
      isToBeAdmitted(device),
  );
  const caPems = ofStore ? casOf(certsDir) : [];
  return { id: group, caPems, isCreated: createGroup ?? true };
}

/** What stands where a CA should be is told with the identities. */
function casOf(certsDir: string): readonly string[] {
  try {
    return knownCas(readStoredCas(certsLayout(certsDir))).map((ca) => ca.toString());
  } catch (error) {
    if (error instanceof FleetError) return [];
    throw error;
  }
}
