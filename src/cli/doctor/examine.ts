import { proxiesOf } from "../../base/proxy.ts";
import { resolve } from "node:path";

import type { ExamineOptions, Services } from "../../doctor/examine.ts";
import type { PreparedRun } from "../../run/prepare.ts";
import type { RunOptions } from "../../run/run-options.ts";
import { emulatorTarget, GLOBAL_HOST, readCaFile } from "../../run/target.ts";
import { readEmulatorFile } from "../../service/emulator-file.ts";
import { hostOf } from "../../service/service-access.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { untilStopped } from "../until-stopped.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { doctorFlags } from "./doctor-flags.ts";
import { givenDps, givenHubs } from "./given-access.ts";

/** Of one probe of the network. */
const PROBE_TIMEOUT_MS = 10_000;

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
    yes: true,
    logLevel: flags.logLevel,
  };
}

/** @returns undefined where nothing is to be reached: a run starts an emulator of its own, or no target is known */
async function servicesFor(
  flags: DoctorFlags,
  prepared: PreparedRun | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Services | undefined> {
  const dps = (await givenDps(flags, host))?.access;
  const hubs = await givenHubs(flags, host);
  const reach = { timeoutMs: PROBE_TIMEOUT_MS, signal, now: () => host.now() };
  const caFile = flags.ca === undefined ? undefined : resolve(host.cwd, flags.ca);
  if (flags.emulator !== undefined) {
    const info = await readEmulatorFile(flags.emulator, host.cwd);
    const { connectTo } = flags;
    // Both are looked at, whatever a run would use.
    const transport = "mqtt";
    const { endpoints } = await emulatorTarget(info, flags.emulator, {
      connectTo,
      caFile,
      transport,
    });
    const { provisioningHost } = endpoints;
    return {
      hosts: [flags.provisioningHost ?? provisioningHost, ...info.hubs],
      reach: {
        ...reach,
        connectTo: endpoints.connectTo,
        caPem: endpoints.caPem,
        proxyFor: () => undefined,
      },
      dps,
      hubs,
    };
  }
  const target = flags.target ?? prepared?.plan.target;
  if (target !== "azure" && (target === "emulator" || (dps === undefined && hubs.length === 0)))
    return undefined;
  const caPem = caFile === undefined ? undefined : await readCaFile(caFile);
  const scenarioHost = prepared?.scenario.provisioning.host;
  const fromEnvironment = host.env["PROVISIONING_HOST"] || undefined;
  return {
    hosts: [
      flags.provisioningHost ?? fromEnvironment ?? scenarioHost ?? GLOBAL_HOST,
      ...hubs.map((hub) => hostOf(hub, "hub")),
    ],
    reach: { ...reach, connectTo: flags.connectTo, caPem, proxyFor: proxiesOf(host.env, caPem) },
    dps,
    hubs,
  };
}
