import { resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { isToBeAdmitted } from "../metrics/device-outcome.ts";
import type { RunEvent } from "../output/output.ts";
import { planAsks } from "../plan/asked-service.ts";
import { readEmulatorFile } from "../service/emulator-file.ts";
import { ensureEnrollmentGroup } from "../service/ensure-enrollment-group.ts";
import { ensureIndividualEnrollments } from "../service/ensure-individual-enrollments.ts";
import { hostOf } from "../service/service-access.ts";
import type { EmulatorProcess } from "./emulator-process.ts";
import type { FleetIdentities } from "./identities.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import type { EndpointFlags, Target } from "./target.ts";
import { azureTarget, emulatorTarget, readCaFile } from "./target.ts";

/** What the command line and the scenario say of where services are and how they are spoken to. */
function endpointFlags(
  { scenario }: Pick<PreparedRun, "scenario">,
  options: RunOptions,
  cwd: string,
): EndpointFlags {
  const { idScope, provisioningHost } = options.overrides;
  const caFile = options.caFile === undefined ? undefined : resolve(cwd, options.caFile);
  const { transport } = scenario;
  return { idScope, provisioningHost, connectTo: options.connectTo, transport, caFile };
}

/** @throws {FleetError} `USAGE` when the plan needs access to a service that is not at hand */
function checkAccess({ scenario, plan }: PreparedRun, target: Target): void {
  if (scenario.provisioning.createGroup === true && target.dps === undefined) {
    throw new FleetError("USAGE", "provisioning.createGroup needs access to the DPS service", {
      hint: "set DPS_CONNECTION_STRING, or create the group yourself and set createGroup: false",
    });
  }
  if (planAsks(plan, "hubs") && target.hubs.length === 0) {
    const who = plan.oracle === undefined ? "timeline" : "oracle";
    const without =
      plan.oracle === undefined
        ? "take twin, method, identity and queries out of the timeline"
        : "take oracle out of the scenario";
    throw new FleetError("USAGE", `the ${who} asks hubs and needs access to them`, {
      hint: `set IOTHUB_CONNECTION_STRING, or ${without}`,
    });
  }
  if (planAsks(plan, "dps") && target.dps === undefined) {
    throw new FleetError("USAGE", "the timeline asks DPS and needs access to its service", {
      hint: "set DPS_CONNECTION_STRING, or take enrollment out of the timeline",
    });
  }
}

/**
 * Where the run goes, if that is known beforehand; all files that say so are read here, before anything is written.
 *
 * @returns `undefined` where the run starts an emulator of its own
 * @throws {FleetError} `USAGE` or `FILE_INVALID`
 */
export async function givenTarget(
  prepared: PreparedRun,
  options: RunOptions,
  context: Pick<RunContext, "cwd" | "env">,
): Promise<Target | undefined> {
  const flags = endpointFlags(prepared, options, context.cwd);
  if (prepared.plan.target === "azure") {
    const target = await azureTarget(prepared.scenario.provisioning, flags, context.env);
    checkAccess(prepared, target);
    return target;
  }
  if (options.emulatorFile !== undefined) {
    const info = await readEmulatorFile(options.emulatorFile, context.cwd);
    return emulatorTarget(info, options.emulatorFile, flags);
  }
  if (flags.caFile !== undefined) await readCaFile(flags.caFile);
  return undefined;
}

/** The run's own emulator as its target. */
export async function ownTarget(
  own: EmulatorProcess,
  prepared: Pick<PreparedRun, "scenario">,
  options: RunOptions,
  context: Pick<RunContext, "cwd">,
): Promise<Target> {
  const flags = endpointFlags(prepared, options, context.cwd);
  return emulatorTarget(own.info, "the emulator", flags);
}

/** What came of the enrollments of a run, as its events tell it. */
type EnrollmentEvent = RunEvent & { type: "enrollment" | "individualEnrollments" };
type Told = EnrollmentEvent extends infer Event
  ? Event extends EnrollmentEvent
    ? Omit<Event, "t" | "ownEmulator">
    : never
  : never;

/**
 * Creates or checks the enrollment group and individual enrollments, where a service connection is at hand.
 *
 * @param tell what was made, also where it fails or is stopped after that
 */
export async function ensureEnrollments(
  { scenario, whole }: PreparedRun,
  { dps: access }: Target,
  { group: attestation, ownKeys }: Pick<FleetIdentities, "group" | "ownKeys">,
  { stop, console }: Pick<RunContext, "stop" | "console">,
  tell: (told: Told) => void,
): Promise<void> {
  const { group, createGroup: create = true, ...settings } = scenario.provisioning;
  if (access === undefined) {
    if (group !== undefined) tell({ type: "enrollment", dps: null, group, done: "unchecked" });
    return;
  }
  const dps = hostOf(access, "dps");
  const admits = whole.devices.some(isToBeAdmitted);
  if (group !== undefined && attestation !== undefined && (admits || create)) {
    const spec = { ...settings, groupId: group, attestation, create, admits };
    const done = await ensureEnrollmentGroup(spec, access, stop);
    console.phase(`enrollment group ${group} ${done === "created" ? "created" : "is there"}`);
    tell({ type: "enrollment", dps, group, done });
  } else if (group !== undefined && ownKeys.length === 0) {
    const untouched = `enrollment group ${group} is neither made nor checked`;
    if (admits) {
      console.warning(
        `${untouched}: no file of a device has the CA above its certificate; append it, or leave provisioning.group out`,
      );
    } else console.phase(`${untouched}: nobody is to be let in`);
    tell({ type: "enrollment", dps, group, done: "unchecked" });
  }
  if (ownKeys.length > 0) {
    const spec = { ...settings, devices: ownKeys, create };
    const { created, kept, failure } = await ensureIndividualEnrollments(spec, access, stop);
    if (created.length > 0 || failure === undefined)
      tell({ type: "individualEnrollments", dps, created, kept });
    if (failure !== undefined) throw failure.reason;
    console.phase(`individual enrollments: ${created.length} created, ${kept} there`);
  }
}
