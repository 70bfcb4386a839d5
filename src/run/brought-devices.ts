import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { modeOpenToOthers } from "../base/file-mode.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { groupedByCause } from "../pki/preflight.ts";
import type { BroughtDevice, BroughtDevices } from "../plan/brought-device.ts";
import { TOKEN_LIFETIME_S } from "../plan/plan.ts";
import type { FleetEntry, Scenario } from "../scenario/scenario.ts";
import type { ConnectionStringLine } from "../secrets/connection-string-file.ts";
import { parseConnectionStringFile } from "../secrets/connection-string-file.ts";

/** The devices that files beside the scenario name, and what is odd about those files. */
export interface Brought {
  readonly devices: BroughtDevices;
  readonly warnings: readonly Problem[];
}

/** A path of the scenario, as it is from the current folder. */
export function fileBeside(scenarioFile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(scenarioFile), path);
}

/**
 * Reads every table of identities and the file of connection strings that a scenario names.
 *
 * @throws {FleetError} `FILE_INVALID` with every problem of all files, those of one cause together
 */
export async function bringDevices(
  scenario: Pick<Scenario, "fleet" | "provisioning">,
  scenarioFile: string,
  cwd: string,
): Promise<Brought> {
  const problems: Problem[] = [];
  const tables = await Promise.all(
    scenario.fleet.map(async ({ credentials }) => {
      if (credentials.format !== "table") return undefined;
      const file = fileBeside(scenarioFile, credentials.from);
      return readTable(file, credentials.tokenLifetimeS, { cwd, problems });
    }),
  );
  const { connectionStrings } = scenario.provisioning;
  if (connectionStrings === undefined) {
    refuse(problems);
    return { devices: tables, warnings: [] };
  }
  const file = fileBeside(scenarioFile, connectionStrings);
  const lines = await readLines(file, { cwd, problems });
  refuse(problems);
  const devices = joined(scenario.fleet, tables, { file: resolve(cwd, file), lines, problems });
  refuse(problems);
  return { devices, warnings: modeWarnings(file, cwd) };
}

interface Reading {
  readonly cwd: string;
  readonly problems: Problem[];
}

async function textOf(file: string, what: string, { cwd, problems }: Reading): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (cause) {
    const message = `expected ${what}, got: ${fileTrouble(cause)}`;
    problems.push({ place: file, message, hint: "paths are relative to the scenario" });
    return "";
  }
}

async function readTable(
  file: string,
  tokenLifetimeS: number,
  reading: Reading,
): Promise<readonly BroughtDevice[]> {
  const before = reading.problems.length;
  const text = await textOf(file, "a table of devices", reading);
  if (reading.problems.length > before) return [];
  const dir = dirname(resolve(reading.cwd, file));
  // Loaded where needed: few runs have a table, and its reader takes 20 ms to load.
  const { parseIdentityTable } = await import("../plan/identity-table.ts");
  const { devices, problems } = parseIdentityTable(text, file, { dir, tokenLifetimeS });
  reading.problems.push(...problems);
  return devices;
}

async function readLines(file: string, reading: Reading): Promise<readonly ConnectionStringLine[]> {
  const before = reading.problems.length;
  const text = await textOf(file, "a file with connection strings", reading);
  if (reading.problems.length > before) return [];
  const { lines, problems } = parseConnectionStringFile(text, file);
  reading.problems.push(...problems);
  return lines;
}

/** Rows find their line by id; entries without a table take the lines that are left, in order. */
function joined(
  fleet: readonly FleetEntry[],
  tables: BroughtDevices,
  {
    file,
    lines,
    problems,
  }: {
    readonly file: string;
    readonly lines: readonly ConnectionStringLine[];
    readonly problems: Problem[];
  },
): BroughtDevices {
  const byId = new Map(lines.map((line) => [line.deviceId, line]));
  const inTables = new Set(tables.flatMap((rows) => (rows ?? []).map((row) => row.registrationId)));
  let left = lines.filter(({ deviceId }) => !inTables.has(deviceId));
  return fleet.map((entry, index) => {
    const rows = tables[index];
    if (rows !== undefined) {
      return rows.map((row) => atHub(row, byId.get(row.registrationId), problems));
    }
    const taken = left.slice(0, entry.count);
    left = left.slice(taken.length);
    return taken.map(({ deviceId, hub, sharedAccessKey, place }) => ({
      registrationId: deviceId,
      hub,
      place,
      ...(sharedAccessKey !== undefined && {
        credentials: { format: "connectionString", file, tokenLifetimeS: TOKEN_LIFETIME_S },
      }),
    }));
  });
}

function atHub(
  row: BroughtDevice,
  line: ConnectionStringLine | undefined,
  problems: Problem[],
): BroughtDevice {
  if (line === undefined) {
    const message = `expected a connection string of "${row.registrationId}", got none`;
    problems.push({ place: row.place, message, hint: "add its line to the connection strings" });
    return row;
  }
  const keyed = row.credentials?.format === "symmetricKey";
  if (keyed || line.sharedAccessKey !== undefined) {
    const message = `expected the certificate of "${row.registrationId}" and x509=true in ${line.place}, got a key`;
    problems.push({ place: row.place, message, hint: "leave keyed devices out of the table" });
  }
  return { ...row, hub: line.hub };
}

function refuse(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new FleetError(
    "FILE_INVALID",
    problems.length === 1
      ? `${first.place}: ${first.message}`
      : `the devices that were brought cannot be used: ${problems.length} problems`,
    { hint: first.hint, problems: groupedByCause(problems) },
  );
}

function modeWarnings(file: string, cwd: string): Problem[] {
  const mode = modeOpenToOthers(resolve(cwd, file));
  if (mode === undefined) return [];
  const message = `expected connection strings that their owner alone can read, got mode ${mode}`;
  return [{ place: file, message, hint: `chmod go-rwx '${file}'` }];
}
