import { join } from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { ndjsonOutput } from "../../src/output/ndjson.ts";
import type { RunEvent } from "../../src/output/output.ts";
import { cleanUp, planCleanup } from "../../src/service/cleanup.ts";
import { dpsPace } from "../../src/service/dps-pace.ts";
import { enrollmentsOf } from "../../src/service/enrollments.ts";
import { tierRates } from "../../src/service/hub-rates.ts";
import { openPacedHub } from "../../src/service/paced-hub.ts";
import { openProvisioningClient } from "../../src/service/provisioning-client.ts";
import { registrationsOf } from "../../src/service/registrations.ts";
import type { ServiceAccess } from "../../src/service/service-access.ts";
import { subjectOfGroup } from "../../src/cli/cleanup/cleanup-subject.ts";
import { writeTestFile } from "../support/pki.ts";
import { runPlan } from "../support/run-events.ts";
import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import { register } from "./emulator-wire.ts";

const HUBS = ["one-hub.azure-devices.net", "two-hub.azure-devices.net"];
const DPS = "cheesecave-dps.azure-devices-provisioning.net";

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld({ hubs: HUBS });
});
afterEach(async () => {
  world.emulator.faults.clear();
  await world.command("cleanup --group caves --yes");
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const cleanup = (words: string) => world.command(`cleanup ${words}`);

const hubIn = ({ body }: { readonly body: string }): string =>
  /"assignedHub":"([^"]+)"/.exec(body)?.[1] ?? "";

/** Registers devices through the group and gives the hub of each. */
async function registered(...ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const hubs = new Map<string, string>();
  for (const id of ids) {
    hubs.set(id, hubIn(await register(world, id, await world.pki.leaf(id))));
  }
  return hubs;
}

/** A folder as a run leaves it, by the outputs of runs. */
async function runFolder(
  name: string,
  hubs: ReadonlyMap<string, string>,
  made: Partial<RunEvent & { type: "enrollment" }> | null = {},
  table: readonly string[] = [...hubs.keys()],
  individuals: readonly string[] = [],
): Promise<void> {
  const dir = join(world.dir, name);
  writeTestFile(join(dir, "note"), "");
  const output = ndjsonOutput(join(dir, "run.ndjson"), (_path, error) => {
    throw error;
  });
  output.emit(runPlan());
  if (made !== null)
    output.emit({
      type: "enrollment",
      t: 0,
      dps: DPS,
      group: "caves",
      done: "created",
      ownEmulator: false,
      ...made,
    });
  if (individuals.length > 0)
    output.emit({
      type: "individualEnrollments",
      t: 0,
      dps: DPS,
      created: individuals,
      kept: 0,
      ownEmulator: false,
    });
  for (const [deviceId, hub] of hubs)
    output.emit({ type: "registration", t: 1, deviceId, hub, attempts: 1, ms: 1, phases: {} });
  await output.close();
  const rows = table.map((id) => `${id},${hubs.has(id) ? id : ""},${hubs.get(id) ?? ""},streaming`);
  writeTestFile(
    join(dir, "devices.csv"),
    `${["registrationId,deviceId,hub,state", ...rows].join("\n")}\n`,
  );
}

/** Ids of all identities at both hubs. */
async function identities(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const hub of [0, 1]) {
    using clients = serviceClients(world, hub);
    const { responseBody } = await clients.registry.list();
    found.push(...responseBody.map(({ deviceId }) => deviceId));
  }
  return found.toSorted();
}

const groupIsThere = async (): Promise<boolean> =>
  (await world.command("enroll show caves --json")).exitCode === 0;

test("a run is shown first, and removed with the group that it made", async () => {
  await enrollGroup(world);
  const hubs = await registered("a", "b", "c");
  await runFolder("runs/first", hubs);
  const dry = await cleanup("first");
  expect(dry).toMatchObject({ exitCode: 0, stderr: "nothing was deleted: --yes does it\n" });
  expect(dry.stdout).toMatch(
    /cleanup at cheesecave-dps\S+\n +identities: \d at \S+.*\n +registration records: of 3 devices\n +enrollment group caves: disable it first, delete it last\n/,
  );
  expect(await identities()).toEqual(["a", "b", "c"]);
  expect(await cleanup("runs/first --yes")).toMatchObject({
    exitCode: 0,
    stdout:
      "identities: 3 deleted\nregistration records: 3 deleted\nenrollment group caves: deleted\n",
  });
  expect(await identities()).toEqual([]);
  expect(await groupIsThere()).toBe(false);
  const again = await cleanup("first --yes --json");
  expect(again).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(again.stdout)).toMatchObject({
    dryRun: false,
    group: { id: "caves", delete: false, keptFor: "gone" },
    removed: { identities: { deleted: 0, absent: 3 }, records: { deleted: 0 }, left: [] },
  });
});

test("half done it goes on, and a device whose identity is left keeps its record", async () => {
  await enrollGroup(world);
  await runFolder("half", await registered("a", "b", "c"));
  world.emulator.faults.inject({
    kind: "serverError",
    scope: { operations: ["writeIdentity"], devices: ["b"] },
    times: 1,
  });
  const half = await cleanup("half --yes --json");
  expect(half).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/1 of 3 devices could not[^]*500 ServerError: 1 device: b/),
  });
  expect(JSON.parse(half.stdout)).toMatchObject({ removed: { groupDeleted: false, left: ["b"] } });
  const list = await world.command("registrations list caves --json");
  expect(JSON.parse(list.stdout)).toMatchObject([{ registrationId: "b" }]);
  // Shut until it is gone: nothing comes back meanwhile.
  const { body } = await register(world, "a", await world.pki.leaf("a"));
  expect(body).toContain('"status":"disabled"');
  expect(await cleanup("half --yes")).toMatchObject({ exitCode: 0 });
  expect(await identities()).toEqual([]);
  expect(await groupIsThere()).toBe(false);
});

test("a group that the run did not make stays, and so do the devices of others", async () => {
  await enrollGroup(world);
  await runFolder("guest", await registered("a", "b"), { done: "kept" });
  await registered("stranger");
  expect((await cleanup("guest")).stdout).toContain("stays, the run did not make it");
  await cleanup("guest --yes");
  expect(await identities()).toEqual(["stranger"]);
  expect(await groupIsThere()).toBe(true);
});

test("a group that others came through stays, and lets devices in", async () => {
  await enrollGroup(world);
  await runFolder("shared", await registered("a"));
  await registered("stranger");
  expect((await cleanup("shared")).stdout).toContain("stays, 1 other device registered through it");
  await cleanup("shared --yes");
  expect(await identities()).toEqual(["stranger"]);
  const { body } = await register(world, "b", await world.pki.leaf("b"));
  expect(body).toContain('"status":"assigned"');
});

test("what a killed worker registered and told nobody of belongs to the run too", async () => {
  await enrollGroup(world);
  const hubs = await registered("a");
  await registered("untold");
  await runFolder("killed", hubs, {}, ["a", "untold"]);
  expect(await cleanup("killed --yes")).toMatchObject({ exitCode: 0 });
  expect(await identities()).toEqual([]);
});

test("a group is removed with its devices, and devices of a list without their group", async () => {
  await enrollGroup(world);
  await registered("a", "b", "c");
  world.file("ids.txt", "a # the first\nnobody\n");
  expect(await cleanup("--devices-file ids.txt --yes")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("identities: 1 deleted, 2 were gone already"),
  });
  expect(await identities()).toEqual(["b", "c"]);
  expect(await cleanup("--group caves --yes")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("enrollment group caves: deleted"),
  });
  expect(await identities()).toEqual([]);
});

test("a run with an emulator of its own has left nothing", async () => {
  await runFolder("own", new Map([["a", HUBS[0] ?? ""]]), { ownEmulator: true });
  expect(await cleanup("own")).toMatchObject({
    exitCode: 0,
    stdout: "",
    stderr: expect.stringContaining("nothing is left"),
  });
});

test("folders that are none of a run, and access to another instance, are told", async () => {
  await runFolder("elsewhere", new Map(), { dps: "mine.azure-devices-provisioning.net" });
  world.file("foreign/run.ndjson", '{"type":"other"}\n');
  world.file("empty/run.ndjson", "");
  world.file("table/run.ndjson", `${JSON.stringify(runPlan())}\n`);
  world.file("table/devices.csv", "a,b\n1,2\n");
  for (const [words, said] of [
    ["nowhere", /nowhere is no folder of a run[^]*there is no such file/],
    ["root.pem", /root\.pem is no folder of a run/],
    ["foreign", /expected the events of a run, got others/],
    ["empty", /got an empty file/],
    ["table", /expected the devices\.csv of a run/],
    ["elsewhere --yes", /expected access to mine\.azure-devices-provisioning\.net, got cheesecave/],
    ["--yes", /RUN: expected RUN, --group or --devices-file, got none/],
    ["a --group b", /RUN: expected RUN, --group or --devices-file, got several/],
  ] as const)
    expect(await cleanup(words)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(said),
    });
  expect(await cleanup("--group nobody --yes")).toMatchObject({ exitCode: 3 });
});

test("individual enrollments that a run made go before its devices, and others stay", async () => {
  const hubs = new Map<string, string>();
  for (const id of ["own-1", "own-2", "theirs"]) {
    const leaf = await world.pki.leaf(id);
    world.file(`${id}.pem`, leaf.certificatePem);
    await world.command(`enroll device ${id} --certificate ${id}.pem`);
    hubs.set(id, hubIn(await register(world, id, leaf)));
  }
  await runFolder("keyed", hubs, null, [...hubs.keys()], ["own-1", "own-2", "gone"]);
  expect((await cleanup("keyed")).stdout).toContain("3 individual enrollments: delete first\n");
  world.emulator.faults.inject({
    kind: "serverError",
    scope: { operations: ["deleteEnrollment"], devices: ["own-1"] },
    times: 1,
  });
  const half = await cleanup("keyed --yes --json");
  expect(half).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("1 of 4 devices") });
  expect(JSON.parse(half.stdout)).toMatchObject({
    individualEnrollments: ["own-1", "own-2", "gone"],
    removed: { individualsDeleted: 1, identities: { deleted: 2 }, left: ["own-1"] },
  });
  // It can still register, so its identity stays too.
  expect(await identities()).toEqual(["own-1"]);
  expect(await cleanup("keyed --yes")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("individual enrollments: 1 deleted\n"),
  });
  expect(await identities()).toEqual([]);
  const { stdout } = await world.command("enroll list --kind individual --json");
  expect(JSON.parse(stdout)).toMatchObject([{ id: "theirs" }]);
});

test("a stop tells what was removed by then, and leaves the group", async () => {
  await enrollGroup(world);
  await registered("a", "b");
  const stop = new AbortController();
  const { emulator, pki } = world;
  const access = (connectionString: string): ServiceAccess => ({
    connectionString,
    source: "the test",
    route: { address: emulator.host, port: emulator.httpsPort, caPem: pki.root.certificatePem },
  });
  const dps = await openProvisioningClient(access(emulator.dpsConnectionString));
  const hubs = await Promise.all(
    emulator.hubConnectionStrings.map((connectionString) =>
      openPacedHub(access(connectionString), tierRates("S1", 1)),
    ),
  );
  try {
    const services = {
      enrollments: enrollmentsOf(dps, { signal: stop.signal }),
      registrations: registrationsOf(dps, { signal: stop.signal }),
      dpsPace: dpsPace(false),
      hubs,
    };
    const plan = await planCleanup(services, await subjectOfGroup("caves", services));
    const removed = await cleanUp(services, plan, {
      signal: stop.signal,
      onProgress: (doing, { done, total }) => {
        if (doing === "deleting identities" && done === total) stop.abort();
      },
    });
    expect(removed).toMatchObject({
      identities: { deleted: 2 },
      records: { deleted: 0 },
      failures: [],
      groupDeleted: false,
    });
  } finally {
    dps.close();
    for (const hub of hubs) hub.close();
  }
  expect(await groupIsThere()).toBe(true);
});
