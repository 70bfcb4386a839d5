import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { certsLayout } from "../../src/pki/layout.ts";
import type { RunContext } from "../../src/run/run-options.ts";
import { ensureIdentities } from "../../src/run/identities.ts";
import { prepareRun } from "../../src/run/prepare.ts";
import { ensureEnrollments } from "../../src/run/services.ts";
import { emulatorTarget } from "../../src/run/target.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeLeaf, writeTestFile } from "../support/pki.ts";
import { refusal } from "../support/refusal.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

const dir = temporaryDir();
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
});
afterAll(async () => {
  await world.emulator.stop();
  dir[Symbol.dispose]();
});

const GOOD = { model: "cheese-cave", count: 1, registrationId: "good-{n}" };
const EXPIRED = {
  model: "cheese-cave",
  count: 1,
  registrationId: "expired-{n}",
  credentials: { format: "pem", defect: "expired" },
  expect: "refused",
};

const quiet = (): void => {};

/** Does what a run does before its first device starts. @returns its enrollment events */
async function prepare(provisioning: Readonly<Record<string, unknown>>, fleet: readonly unknown[]) {
  const scenarioFile = writeTestFile(
    join(dir.path, "fleet.yaml"),
    JSON.stringify({ name: "fleet", provisioning, fleet, duration: "5s" }),
  );
  const stop = new AbortController().signal;
  const console = { phase: quiet, progress: quiet, status: quiet, warning: quiet };
  const context: Pick<RunContext, "cwd" | "env" | "cores" | "now" | "console" | "stop"> = {
    cwd: dir.path,
    env: {},
    cores: 1,
    now: () => new Date(),
    console,
    stop,
  };
  const options = {
    scenarioFile,
    overrides: {},
    seed: 1,
    emulatorFile: "emulator.json",
    certsDir: "certs",
    saveMessages: false,
    connectTo: [],
    workers: "auto",
    strict: false,
    yes: false,
    logLevel: "info",
  } as const;
  const prepared = await prepareRun(options, context);
  const identities = await ensureIdentities(prepared, options, context);
  const caFile = writeTestFile(join(dir.path, "tls.pem"), world.pki.root.certificatePem);
  const target = await emulatorTarget(emulatorInfo(world.emulator, caFile), "the test", {
    connectTo: [],
    transport: "mqtt",
  });
  const told: unknown[] = [];
  await ensureEnrollments(prepared, target, identities, context, (event) => told.push(event));
  return told;
}

test("a group of which nobody is to be let in is right as it is: disabled, or not there", async () => {
  await enrollGroup(world, { id: "caves", disabled: true });
  const disabled = await prepare({ group: "caves" }, [EXPIRED]);
  expect(disabled).toEqual([expect.objectContaining({ group: "caves", done: "kept" })]);
  const gone = await prepare({ group: "gone", createGroup: false }, [EXPIRED]);
  expect(gone).toEqual([expect.objectContaining({ group: "gone", done: "unchecked" })]);
  const error = await refusal(prepare({ group: "caves" }, [GOOD, EXPIRED]));
  expect(error).toMatchObject({ code: "REFUSED", message: expect.stringContaining("is disabled") });
});

test("a group holds the CA of the devices that it is to let in, not that of leaves that are bad on purpose", async () => {
  writeLeaf(join(dir.path, "brought"), "mine", await world.pki.leaf("mine"));
  const { leafFullChain, leafKey } = certsLayout(join(dir.path, "brought"));
  writeTestFile(
    join(dir.path, "mine.csv"),
    `registrationId,cert,key\nmine,${leafFullChain("mine")},${leafKey("mine")}\n`,
  );
  const brought = { model: "cheese-cave", credentials: { from: "mine.csv" } };
  await enrollGroup(world, { id: "caves" });
  const told = await prepare({ group: "caves" }, [brought, EXPIRED]);
  expect(told).toEqual([expect.objectContaining({ group: "caves", done: "kept" })]);
});
