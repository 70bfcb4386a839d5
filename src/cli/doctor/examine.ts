import { resolve } from "node:path";

import { proxiesOf } from "../../base/proxy.ts";
import type { Reach } from "../../doctor/checks/network.ts";

import type { ExamineOptions, Services } from "../../doctor/examine.ts";
import type { Area, Finding } from "../../doctor/finding.ts";
import { fail, ofError } from "../../doctor/finding.ts";
import type { PreparedRun } from "../../run/prepare.ts";
import type { RunOptions } from "../../run/run-options.ts";
import { emulatorTarget, GLOBAL_HOST, readCaFile } from "../../run/target.ts";
import type { EmulatorInfo } from "../../service/emulator-file.ts";
import { readEmulatorFile } from "../../service/emulator-file.ts";
import type { ServiceAccess } from "../../service/service-access.ts";
import { hostOf } from "../../service/service-access.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { untilStopped } from "../until-stopped.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { doctorFlags } from "./doctor-flags.ts";
import { givenDps, givenHubs } from "./given-access.ts";

/** Of one probe of the network. */
const PROBE_TIMEOUT_MS = 10_000;

const ID_SCOPE_MEND =
  "give --id-scope, PROVISIONING_IDSCOPE or provisioning.idScope (portal: DPS, Overview)";

/**
 * Looks at everything that a fleet needs, and ends 2 where something is to be mended.
 *
 * @throws {FleetError} `USAGE` for the command line alone, `INTERRUPTED`; all else is a finding
 */
export async function runDoctor(given: unknown, host: Host): Promise<void> {
  const flags = parseFlags(doctorFlags, given, "doctor", { scenario: "SCENARIO" });
  const [{ examine }, { findingsText }] = await Promise.all([
    import("../../doctor/examine.ts"),
    import("../../doctor/findings-text.ts"),
  ]);
  const findings = await untilStopped(host, (signal) =>
    examine(examineOptions(flags, host, signal)),
  );
  host.stdout.write(flags.json ? `${JSON.stringify(findings)}\n` : findingsText(findings));
  const counts = flags.strict ? ["fail", "warn"] : ["fail"];
  if (findings.some(({ state }) => counts.includes(state))) host.setExitCode(2);
}

function examineOptions(flags: DoctorFlags, host: Host, signal: AbortSignal): ExamineOptions {
  const { env, cwd, cores, nodeVersion } = host;
  return {
    run: flags.scenario === undefined ? undefined : runOptions(flags, flags.scenario),
    certsDir: flags.certs,
    servicesFor: (prepared) => servicesFor(flags, prepared, host, signal),
    env,
    cwd,
    cores,
    nodeVersion,
    now: () => host.now(),
    signal,
  };
}

/** What the same command line would mean to `run`. */
function runOptions(flags: DoctorFlags, scenarioFile: string): RunOptions {
  const { target, idScope, provisioningHost } = flags;
  return {
    scenarioFile,
    overrides: { target, idScope, provisioningHost },
    seed: 1,
    emulatorFile: flags.emulator,
    certsDir: flags.certs,
    saveMessages: false,
    connectTo: flags.connectTo,
    caFile: flags.ca,
    workers: "auto",
    strict: false,
    yes: true,
    logLevel: flags.logLevel,
  };
}

/** What can be reached by what the command line and the environment say; what they say amiss is a finding. */
async function servicesFor(
  flags: DoctorFlags,
  prepared: PreparedRun | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Services> {
  const findings: Finding[] = [];
  const attempt = async <T>(area: Area, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      findings.push(...ofError(area, error));
      return undefined;
    }
  };
  const { emulator } = flags;
  const info =
    emulator === undefined
      ? undefined
      : await attempt("scenario", () => readEmulatorFile(emulator, host.cwd));
  const isUnknown = emulator !== undefined && info === undefined;
  const dps = isUnknown ? undefined : (await attempt("DPS", () => givenDps(flags, host)))?.access;
  const hubs = isUnknown ? [] : ((await attempt("hub", () => givenHubs(flags, host))) ?? []);
  const network = isUnknown
    ? undefined
    : await attempt("TLS", () => networkOf(flags, { prepared, info, hubs }, host));
  const target = flags.target ?? prepared?.plan.target;
  const idScope =
    flags.idScope ?? (host.env["PROVISIONING_IDSCOPE"] || prepared?.scenario.provisioning.idScope);
  if (target === "azure" && prepared !== undefined && idScope === undefined)
    findings.push(fail("scenario", "the ID scope of the DPS instance is missing", ID_SCOPE_MEND));
  const isReached =
    info !== undefined || target === "azure" || (target === undefined && (dps ?? hubs[0]));
  return {
    hosts: isReached && network !== undefined ? network.hosts : [],
    reach: {
      ...(network?.reach ?? { connectTo: [], caPem: undefined, proxyFor: () => undefined }),
      timeoutMs: PROBE_TIMEOUT_MS,
      signal,
      now: () => host.now(),
    },
    dps,
    hubs,
    findings,
  };
}

/** The names that devices connect to, and the way there. */
async function networkOf(
  flags: DoctorFlags,
  {
    prepared,
    info,
    hubs,
  }: {
    readonly prepared: PreparedRun | undefined;
    readonly info: EmulatorInfo | undefined;
    readonly hubs: readonly ServiceAccess[];
  },
  host: Host,
): Promise<
  Pick<Services, "hosts"> & { readonly reach: Pick<Reach, "connectTo" | "caPem" | "proxyFor"> }
> {
  const caFile = flags.ca === undefined ? undefined : resolve(host.cwd, flags.ca);
  const { connectTo, provisioningHost } = flags;
  if (info !== undefined) {
    // Both transports are looked at, whatever a run would use.
    const way = { connectTo, caFile, transport: "mqtt" as const };
    const { endpoints } = await emulatorTarget(info, flags.emulator ?? "", way);
    return {
      hosts: [provisioningHost ?? endpoints.provisioningHost, ...info.hubs],
      reach: {
        connectTo: endpoints.connectTo,
        caPem: endpoints.caPem,
        proxyFor: () => undefined,
      },
    };
  }
  const caPem = caFile === undefined ? undefined : await readCaFile(caFile);
  const named =
    host.env["PROVISIONING_HOST"] || (prepared?.scenario.provisioning.host ?? GLOBAL_HOST);
  // Devices that brought their hub along do not ask DPS.
  const brought = prepared?.plan.devices.flatMap(({ hub }) => hub ?? []) ?? [];
  const doors = brought.length > 0 ? brought : [provisioningHost ?? named];
  return {
    hosts: [...doors, ...hubs.map((hub) => hostOf(hub, "hub"))],
    reach: { connectTo, caPem, proxyFor: proxiesOf(host.env, caPem) },
  };
}
