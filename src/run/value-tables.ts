import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { ValueTable } from "../plan/value-table.ts";
import { fileBeside } from "./brought-devices.ts";

/**
 * Reads the tables of values that distributions name.
 *
 * @param files as the scenario has them, each once
 * @param scenarioFile what they are relative to, itself relative to `cwd`
 * @throws {FleetError} `FILE_INVALID` with every problem of all tables
 */
export async function readValueTables(
  files: readonly string[],
  scenarioFile: string,
  cwd: string,
): Promise<ReadonlyMap<string, ValueTable>> {
  const tables = new Map<string, ValueTable>();
  if (files.length === 0) return tables;
  // Loaded where needed: few runs have a table, and its reader takes 20 ms to load.
  const { parseValueTable } = await import("../plan/value-table.ts");
  const problems = await Promise.all(
    files.map(async (file): Promise<readonly Problem[]> => {
      const source = fileBeside(scenarioFile, file);
      let text: string;
      try {
        text = await readFile(resolve(cwd, source), "utf8");
      } catch (error) {
        const message = `expected a table of values, got: ${fileTrouble(error)}`;
        return [{ place: source, message, hint: "paths are relative to the scenario" }];
      }
      const read = parseValueTable(text, source);
      tables.set(file, read.table);
      return read.problems;
    }),
  );
  const all = problems.flat();
  if (all.length === 0) return tables;
  throw new FleetError("FILE_INVALID", "tables of values cannot be used", { problems: all });
}
