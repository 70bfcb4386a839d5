import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { readEmulatorFile } from "../../src/service/emulator-file.ts";
import { runHere } from "../support/cli.ts";
import { pageSession } from "../support/page-session.ts";
import type { PageSession } from "../support/page-session.ts";
import { pageBlocks } from "../support/page-steps.ts";
import type { KnownSecret } from "../support/secret-search.ts";
import { connectionStringSecrets, pemSecrets, secretSearch } from "../support/secret-search.ts";

const PAGE = "docs/azure.md";
const BLOCKS = pageBlocks(readFileSync(PAGE, "utf8"));
/** From here on the page takes away what it made; what is secret is read before. */
const CLEANUP = BLOCKS.findIndex(({ steps }) =>
  steps.some(({ command }) => command === "kill $fleet"),
);
/** A quiet machine takes less than a tenth of it. */
const LIMIT_MS = 240_000;

const dir = mkdtempSync(join(tmpdir(), "dps-fleet-page-"));
const home = join(dir, "home");
let session: PageSession;
let secrets: readonly KnownSecret[] = [];

beforeAll(async () => {
  session = await pageSession(
    dir,
    {
      // Free ports, and a DPS that lets devices ask again at once. What the page shows is the same.
      DPS_FLEET_MQTT_PORT: "0",
      DPS_FLEET_HTTPS_PORT: "0",
      DPS_FLEET_RETRY_AFTER: "0",
      // All that could be told is told, for the search for secrets.
      DPS_FLEET_LOG_LEVEL: "trace",
    },
    LIMIT_MS,
  );
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** Files below a folder, by their paths from it. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

const read = (name: string): string => readFileSync(join(home, name), "utf8");

/** Every secret that the session has used so far. */
async function usedSecrets(): Promise<readonly KnownSecret[]> {
  await session.run('umask 077; printf %s "$DPS_FLEET_CA_PASSPHRASE" > ../passphrase');
  const { adminToken, dpsConnectionString, hubConnectionStrings } = await readEmulatorFile(
    join(home, "emulator.json"),
    dir,
  );
  const groupKey = read("keyed-caves.key").trim();
  const derived = (id: string): string =>
    createHmac("sha256", Buffer.from(groupKey, "base64")).update(id).digest("base64");
  const privateKeys = filesIn(home).filter((name) => name.endsWith(".key.pem"));
  return [
    { name: "the passphrase", value: readFileSync(join(dir, "passphrase"), "utf8") },
    { name: "the admin token", value: adminToken },
    ...connectionStringSecrets("the key of DPS", dpsConnectionString),
    ...connectionStringSecrets("the key of the hub", hubConnectionStrings.join()),
    { name: "the group's key", value: groupKey },
    ...[1, 2, 3].map((n) => ({ name: "a device's key", value: derived(`keyed-cave${n}`) })),
    ...privateKeys.flatMap((name) => pemSecrets(name, read(name))),
  ];
}

test(
  `every step of ${PAGE} does with the emulator what the page says`,
  { timeout: LIMIT_MS },
  async () => {
    expect(await session.follow(PAGE, BLOCKS.slice(0, CLEANUP))).toBeUndefined();
    secrets = await usedSecrets();
    expect(await session.follow(PAGE, BLOCKS.slice(CLEANUP))).toBeUndefined();
  },
);

test("that session told no secret: not in its outputs, logs, results and command lines", async () => {
  const search = secretSearch(secrets);
  // Thirty leaves, one more for the roll, two CAs, and the emulator's two.
  expect(secrets.filter(({ name }) => name.endsWith(".key.pem")).length).toBeGreaterThan(2 * 34);
  const commandLines = await session.commandLines();
  for (const program of ["main.js", "worker.js"])
    expect(commandLines.some((line) => line.includes(program))).toBe(true);
  expect.soft(search(commandLines.join("\n"))).toEqual([]);

  const printed = await session.printed();
  expect(printed).toContain('"level":');
  expect.soft(search(printed)).toEqual([]);
  expect(read("run.txt")).toContain('"level":');
  const told = filesIn(home).filter((name) => !/\.key(?:\.pem)?$/.test(name));
  expect(told).toEqual(
    expect.arrayContaining(["run.txt", "emulator.txt", "runs/caves/run.ndjson"]),
  );
  expect(told.filter((name) => search(read(name)).length > 0)).toEqual([]);
});

test("the files that have to hold secrets are for their owner alone", () => {
  const search = secretSearch(secrets);
  const holders = filesIn(home).filter((name) => search(read(name)).length > 0);
  expect(holders).toContain("keyed-caves.key");
  expect(holders.length).toBeGreaterThan(34);
  const open = holders.filter((name) => (statSync(join(home, name)).mode & 0o777) !== 0o600);
  expect(open).toEqual([]);
});

const azureCommands = BLOCKS.flatMap(({ steps }) => steps)
  .filter(({ kind }) => kind === "azure")
  .flatMap(({ line, command }) =>
    [...command.matchAll(/dps-fleet ([^|()]*)/g)].map(([, words = ""]) => ({ line, words })),
  );

test("the page has commands for Azure alone", () => {
  expect(azureCommands.length).toBeGreaterThan(3);
});

test.each(azureCommands)(
  "line $line: dps-fleet $words is a command with such options",
  async ({ words }) => {
    const [command = "", action = "", ...rest] = words.trim().split(/\s+/);
    const { exitCode, stdout } = await runHere(home, [command, action, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`dps-fleet ${command} ${action}`);
    const options = rest.filter((word) => word.startsWith("--"));
    expect(options.filter((option) => !stdout.includes(option))).toEqual([]);
  },
);
