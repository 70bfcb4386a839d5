import type { RunRecord } from "../../output/run-record.ts";
import { cleanUp, planCleanup } from "../../service/cleanup.ts";
import type { CleanupPlan, CleanupSubject } from "../../service/cleanup.ts";
import type { RemovalServices } from "../../service/remove-devices.ts";
import { confirmer, confirmOrRefuse } from "../confirm.ts";
import type { Host } from "../host.ts";
import { openSteps, withRemovalServices } from "../removal.ts";
import { readDevicesFile } from "../selection/devices-file.ts";
import { failuresError } from "../selection/failures.ts";
import type { CleanupFlags } from "./cleanup-flags.ts";
import { readRun, subjectOfGroup, subjectOfIds, subjectOfRun } from "./cleanup-subject.ts";
import { planText, resultText } from "./cleanup-text.ts";

/** Shows what would be deleted; deletes it with --yes, or a yes on a terminal. */
export async function cleanUpCommand(flags: CleanupFlags, host: Host): Promise<void> {
  const { devicesFile, json } = flags;
  // Files first: what is wrong with them is told before any service is asked.
  const run = flags.run === undefined ? undefined : await readRun(flags.run, host);
  const ids = devicesFile === undefined ? [] : await readDevicesFile(devicesFile, host.cwd);
  if (run !== undefined && (run.enrollment ?? run.individuals)?.ownEmulator === true) {
    const nothing = {
      dryRun: false,
      devices: [],
      individualEnrollments: [],
      group: null,
      removed: null,
    };
    host.stderr.write(
      `${run.runId} had an emulator of its own, which ended with it: nothing is left\n`,
    );
    if (json) host.stdout.write(`${JSON.stringify(nothing)}\n`);
    return;
  }
  await withRemovalServices(flags, host, async (services, signal) => {
    const subject = await subjectOf(flags, { run, ids }, services, host, signal);
    const plan = await planCleanup(services, subject);
    const text = planText(plan, services.enrollments.host);
    const isDry = !flags.yes && confirmer(host, signal) === undefined;
    if (isDry) {
      host.stdout.write(json ? jsonOf(plan, null) : text);
      host.stderr.write("nothing was deleted: --yes does it\n");
      return;
    }
    host.stderr.write(text);
    await confirmOrRefuse(host, signal, { yes: flags.yes, question: "Delete all of this?" });
    await remove(plan, services, { json, signal }, host);
  });
}

async function subjectOf(
  { group }: CleanupFlags,
  { run, ids }: { readonly run: RunRecord | undefined; readonly ids: readonly string[] },
  services: RemovalServices,
  host: Host,
  signal: AbortSignal,
): Promise<CleanupSubject> {
  if (run !== undefined) return subjectOfRun(run, services.enrollments.host);
  if (group !== undefined) return subjectOfGroup(group, services);
  return subjectOfIds(ids, services, host, signal);
}

async function remove(
  plan: CleanupPlan,
  services: RemovalServices,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
  host: Host,
): Promise<void> {
  const progress = openSteps(host);
  try {
    const removed = await cleanUp(services, plan, {
      signal,
      onProgress: progress.onProgress,
    });
    progress.end();
    const { identities, records, failures, groupDeleted, individualsDeleted } = removed;
    const left = failures.map(({ deviceId }) => deviceId);
    host.stdout.write(
      json
        ? jsonOf(plan, { identities, records, groupDeleted, individualsDeleted, left })
        : resultText(plan, removed),
    );
    signal.throwIfAborted();
    const ids = plan.devices.map(({ registrationId }) => registrationId);
    const total = new Set([...plan.individuals, ...ids]).size;
    if (failures.length > 0) throw failuresError(failures, { total, done: "cleaned up" });
  } finally {
    progress.end();
  }
}

/** One line; `removed` null = nothing was deleted. */
function jsonOf({ devices, individuals, group }: CleanupPlan, removed: object | null): string {
  const shown = {
    dryRun: removed === null,
    devices,
    individualEnrollments: individuals,
    group: group && {
      id: group.id,
      delete: group.toDelete !== undefined,
      keptFor: group.keptFor ?? null,
      others: group.others,
    },
    removed,
  };
  return `${JSON.stringify({ ...shown, group: shown.group ?? null })}\n`;
}
