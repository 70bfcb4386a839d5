import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { parse } from "csv-parse/sync";
import { z } from "zod";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { readLines } from "../base/read-lines.ts";

/** What a run left in its folder of what it made at services. */
export interface RunRecord {
  readonly runId: string;
  readonly target: "emulator" | "azure";
  /** Undefined where the run did not come so far, or is of an older version. */
  readonly enrollment:
    | {
        readonly dps: string | null;
        readonly group: string;
        readonly done: "created" | "kept" | "unchecked";
        readonly ownEmulator: boolean;
      }
    | undefined;
  /** Registration ids whose individual enrollments the run made; where that was. */
  readonly individuals:
    | {
        readonly dps: string;
        readonly created: readonly string[];
        readonly ownEmulator: boolean;
      }
    | undefined;
  /** Devices that DPS assigned in this run. Those that skipped DPS are not among them: the run did not make them. */
  readonly devices: readonly {
    readonly registrationId: string;
    readonly deviceId: string;
    readonly hub: string;
  }[];
  /** Registration ids of all devices of the run, assigned or not; empty where it was killed. */
  readonly planned: readonly string[];
}

const plan = z.object({
  type: z.literal("plan"),
  runId: z.string(),
  target: z.enum(["emulator", "azure"]),
});
const enrollment = z.object({
  type: z.literal("enrollment"),
  dps: z.string().nullable(),
  group: z.string(),
  done: z.enum(["created", "kept", "unchecked"]),
  ownEmulator: z.boolean(),
});
const individualEnrollments = z.object({
  type: z.literal("individualEnrollments"),
  dps: z.string(),
  created: z.array(z.string()),
  ownEmulator: z.boolean(),
});
const registration = z.object({
  type: z.literal("registration"),
  deviceId: z.string(),
  hub: z.string(),
});
const devicesTable = z.array(z.object({ registrationId: z.string(), deviceId: z.string() }));

/** Lines of other types begin otherwise, and are not parsed: snapshots are long. */
const READ = /^\{"type":"(?:plan|enrollment|individualEnrollments|registration)"/;

/**
 * Reads the folder of a run, also of one that was killed.
 *
 * @param dir absolute
 * @param shown its path as the user wrote it
 * @throws {FleetError} `FILE_INVALID` where there is none, or it is something else
 */
export async function readRunRecord(dir: string, shown: string): Promise<RunRecord> {
  const file = join(dir, "run.ndjson");
  await requireFile(file, shown);
  let head: z.output<typeof plan> | undefined;
  let made: z.output<typeof enrollment> | undefined;
  let individuals: z.output<typeof individualEnrollments> | undefined;
  /** The hub that a device was assigned to last, by its device id. */
  const hubs = new Map<string, string>();
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    if (number > 1 && !READ.test(line)) continue;
    const value = jsonIn(line);
    if (number === 1) {
      head = plan.safeParse(value).data;
      if (head === undefined) throw foreign(shown, "expected the events of a run, got others");
    }
    made ??= enrollment.safeParse(value).data;
    individuals ??= individualEnrollments.safeParse(value).data;
    const assigned = registration.safeParse(value).data;
    if (assigned !== undefined) hubs.set(assigned.deviceId, assigned.hub);
  }
  if (head === undefined) throw foreign(shown, "expected the events of a run, got an empty file");
  const rows = await tableOf(dir, shown);
  const names = new Map(rows.map(({ deviceId, registrationId }) => [deviceId, registrationId]));
  const devices = [...hubs].map(([deviceId, hub]) => ({
    // A run that was killed has no table; devices of groups have one id for both.
    registrationId: names.get(deviceId) ?? deviceId,
    deviceId,
    hub,
  }));
  const { runId, target } = head;
  const planned = rows.map(({ registrationId }) => registrationId);
  return { runId, target, enrollment: made, individuals, devices, planned };
}

async function requireFile(file: string, shown: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (error) {
    throw foreign(shown, `expected run.ndjson in it, got: ${fileTrouble(error)}`, error);
  }
  throw foreign(shown, "expected run.ndjson in it, got something else");
}

/** `devices.csv`; empty where there is none. */
async function tableOf(dir: string, shown: string): Promise<z.output<typeof devicesTable>> {
  let text: string;
  try {
    text = await readFile(join(dir, "devices.csv"), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw foreign(shown, `devices.csv cannot be read: ${fileTrouble(error)}`, error);
  }
  try {
    return devicesTable.parse(parse(text, { columns: true }));
  } catch (error) {
    throw foreign(shown, "expected the devices.csv of a run, got another table", error);
  }
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a run that was killed.
    return undefined;
  }
}

const foreign = (shown: string, message: string, cause?: unknown): FleetError =>
  new FleetError("FILE_INVALID", `${shown} is no folder of a run`, {
    problems: [{ place: shown, message }],
    hint: "give the folder that the run named at its end, such as one under runs/",
    cause,
  });
