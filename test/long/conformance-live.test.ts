import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { azurePortsAreFree } from "../support/azure-ports.ts";
import { Program, workplace } from "../support/program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = fileURLToPath(new URL("../support/names-at-address.mjs", import.meta.url));
/** A loopback address that nobody else has: the ports must be Azure's. */
const ADDRESS = "127.83.52.7";

const HUBS = ["first-hub.azure-devices.net", "second-hub.azure-devices.net"];

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
});

const portsAreFree = await azurePortsAreFree(ADDRESS);

type Report = z.infer<typeof report>;

/** Runs conformance tests in a process that takes the emulator for Azure. */
async function conformance(
  info: EmulatorInfo,
  args: readonly string[],
  options: {
    readonly dir: string;
    readonly signal: AbortSignal;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Report> {
  const file = join(options.dir, "report.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const reporter = ["--reporter=json", `--outputFile.json=${file}`];
  const all = [vitest, "run", "--project", "conformance", ...reporter, ...args];
  const run = spawn(process.execPath, all, {
    signal: options.signal,
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env["PATH"],
      NODE_OPTIONS: `--import ${NAMES}`,
      NODE_EXTRA_CA_CERTS: info.caFile,
      EMULATOR_ADDRESS: ADDRESS,
      DPS_CONNECTION_STRING: info.dpsConnectionString,
      IOTHUB_CONNECTION_STRING: info.hubConnectionStrings[0],
      IOTHUB_CONNECTION_STRING_2: info.hubConnectionStrings[1],
      PROVISIONING_IDSCOPE: info.idScope,
      EMULATOR_ADMIN_URL: info.adminUrl,
      EMULATOR_ADMIN_TOKEN: info.adminToken,
      ...options.env,
    },
  });
  await new Promise((resolve) => {
    // When the test is out of time, it is ended, and there is no report to read.
    run.once("error", resolve);
    run.once("close", resolve);
  });
  return report.parse(JSON.parse(await readFile(file, "utf8")));
}

const failuresIn = ({ testResults }: Report): readonly string[] =>
  testResults.flatMap(({ message, assertionResults }) => [
    ...(message === "" ? [] : [message]),
    ...assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join("; ")}`),
  ]);

test.skipIf(!portsAreFree)(
  "the conformance tests pass against an emulator that is given as if it were Azure",
  async ({ signal }) => {
    await using place = await workplace();
    const hubs = HUBS.flatMap((hub) => ["--hub", hub]);
    const options = ["--standard-ports", "--host", ADDRESS, "--retry-after", "1", ...hubs];
    await using emulator = new Program(["emulator", "--json", ...options, "--certs", place.certs]);
    const [line] = await emulator.printed(/^\{.*\}$/m);
    const info = parseEmulatorFile(line, "emulator --json");
    const { dir } = place;
    const shared = await conformance(info, [], { dir, signal });
    expect(failuresIn(shared)).toEqual([]);
    expect(shared.numPassedTests).toBeGreaterThan(100);
    // What unlinks a hub has the instance for itself.
    const env = { EMULATOR_EXCLUSIVE: "1" };
    const alone = await conformance(info, ["everything"], { dir, signal, env });
    expect(failuresIn(alone)).toEqual([]);
    expect(alone.numPassedTests).toBe(1);
  },
);
