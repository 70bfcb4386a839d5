import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import type { RunRecord } from "../../output/run-record.ts";
import { readRunRecord } from "../../output/run-record.ts";
import type { CleanupSubject } from "../../service/cleanup.ts";
import { deviceOfRecord, recordsOfGroup } from "../../service/deprovision-group.ts";
import { enrollmentNamed } from "../../service/find-enrollment.ts";
import { findRegistered } from "../../service/find-registered.ts";
import type { RemovalServices } from "../../service/remove-devices.ts";
import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";
import { failuresError } from "../selection/failures.ts";

/** The folder of a run: as it is written, or the one of that name under `runs/`. */
export async function readRun(shown: string, { cwd }: Pick<Host, "cwd">): Promise<RunRecord> {
  const below = join("runs", shown);
  const isBelow = !existsSync(resolve(cwd, shown)) && existsSync(resolve(cwd, below));
  const path = isBelow ? below : shown;
  return readRunRecord(resolve(cwd, path), path);
}

/**
 * The devices of a run, and its group if it made that.
 *
 * @throws {FleetError} `USAGE` where the run used another DPS instance
 */
export function subjectOfRun(run: RunRecord, dpsHost: string): CleanupSubject {
  const { enrollment, individuals, devices, planned } = run;
  const used = enrollment?.dps ?? individuals?.dps ?? null;
  if (used !== null && used.toLowerCase() !== dpsHost.toLowerCase())
    throw new FleetError("USAGE", `the run used another DPS instance than ${dpsHost}`, {
      problems: [{ place: run.runId, message: `expected access to ${used}, got ${dpsHost}` }],
      hint: "give its --emulator file, or the connection string of that instance",
    });
  const named = new Set(planned.map((id) => id.toLowerCase()));
  return {
    devices,
    individuals: individuals?.created ?? [],
    group: enrollment && {
      id: enrollment.group,
      isOurs: enrollment.done === "created",
      // A killed worker may have registered devices that it told of no more.
      covers: (id) => named.has(id.toLowerCase()),
    },
  };
}

/** @throws {FleetError} `REFUSED` where there is no such group */
export async function subjectOfGroup(
  id: string,
  { enrollments, registrations }: RemovalServices,
): Promise<CleanupSubject> {
  await enrollmentNamed(enrollments, id, "group");
  const devices = (await recordsOfGroup(registrations, id)).map(deviceOfRecord);
  return { devices, individuals: [], group: { id, isOurs: true, covers: () => true } };
}

/** @throws {FleetError} where a record cannot be read */
export async function subjectOfIds(
  ids: readonly string[],
  services: RemovalServices,
  host: Host,
  signal: AbortSignal,
): Promise<CleanupSubject> {
  const progress = openProgress(host, "reading registration records");
  try {
    const { devices, failures } = await findRegistered(services, ids, {
      signal,
      onProgress: ({ done, total, failed }) => progress.update(done, total, failed),
    });
    if (failures.length > 0)
      throw failuresError(failures, { total: ids.length, done: "looked up" });
    return { devices, individuals: [], group: undefined };
  } finally {
    progress.end();
  }
}
