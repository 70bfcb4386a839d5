import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import type { IssuedLeaf } from "../../src/pki/certificate.ts";
import { writeLeaf } from "../support/pki.ts";
import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import { openHub, register } from "./emulator-wire.ts";

const HUBS = ["one-hub.azure-devices.net", "two-hub.azure-devices.net"] as const;

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld({ hubs: [...HUBS], queryPageSize: 2 });
  await enrollGroup(world, { id: "caves", iotHubs: [HUBS[1]] });
});
afterEach(() => {
  world.emulator.faults.clear();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const deprovision = (words: string) => world.command(`deprovision ${words}`);

/** A device of the group that registered. */
async function registered(id: string): Promise<IssuedLeaf> {
  const leaf = await world.pki.leaf(id);
  expect((await register(world, id, leaf)).body).toContain('"status":"assigned"');
  return leaf;
}

/** That neither DPS nor its hub lets it in. */
async function requireOut(id: string, leaf: IssuedLeaf): Promise<void> {
  expect((await register(world, id, leaf)).body).not.toContain('"status":"assigned"');
  await expect(openHub(world, id, leaf, { hub: HUBS[1] })).rejects.toThrow("the hub refused");
}

/** The status of its identity; undefined where there is none. */
async function identityOf(id: string, hub = 1): Promise<string | undefined> {
  using clients = serviceClients(world, hub);
  const found = await clients.registry
    .createQuery(`SELECT deviceId, status FROM devices WHERE deviceId = '${id}'`)
    .next("");
  return z.array(z.object({ status: z.string() })).parse(found.result)[0]?.status;
}

test("a device is shown what becomes of it, and nothing is done without a yes", async () => {
  const leaf = await registered("asked");
  expect(await deprovision("asked")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /1\. individual enrollment: create it, disabled, with a symmetric key\n +2\. identity asked at two-hub\S+: delete it\n +3\. registration record: delete it\n[^]*--yes/,
    ),
  });
  await (await openHub(world, "asked", leaf, { hub: HUBS[1] }))[Symbol.asyncDispose]();
});

test("a connected device of a group is cut off, and gets in nowhere again, in whatever way it is shut out", async () => {
  for (const [id, options] of [
    ["keyed", ""],
    ["stored", "--certs store"],
    ["given", "--certificate given.pem"],
    ["kept", "--keep-identity"],
  ] as const) {
    const leaf = await registered(id);
    if (id === "stored") writeLeaf(`${world.dir}/store`, id, leaf);
    world.file("given.pem", leaf.certificatePem);
    await using live = await openHub(world, id, leaf, { hub: HUBS[1] });
    const end = await deprovision(`${id} --yes ${options}`.trim());
    expect(end).toMatchObject({
      exitCode: 0,
      stdout: `individual enrollment: created, disabled\nidentity ${id} at ${HUBS[1]}: ${id === "kept" ? "disabled" : "deleted"}\nregistration record: deleted\n`,
    });
    await live.closed;
    await requireOut(id, leaf);
    const { responseBody } = await world.clients.dps.getIndividualEnrollment(id);
    const type = id === "stored" || id === "given" ? "x509" : "symmetricKey";
    expect(responseBody).toMatchObject({ provisioningStatus: "disabled", attestation: { type } });
    expect(await identityOf(id)).toBe(id === "kept" ? "disabled" : undefined);
  }
});

test("run again it finds all done, and says so", async () => {
  await registered("again");
  await deprovision("again --yes");
  const end = await deprovision("again --yes --json");
  expect(end).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(end.stdout)).toEqual({
    registrationId: "again",
    steps: [
      { step: "enrollment", done: "kept" },
      { step: "identity", done: "absent", hub: HUBS[0], deviceId: "again" },
      { step: "identity", done: "absent", hub: HUBS[1], deviceId: "again" },
      { step: "record", done: "absent" },
    ],
  });
});

test.for([
  ["writeEnrollment", "dps", []],
  ["writeIdentity", HUBS[1], ["enrollment"]],
  ["deleteRegistration", "dps", ["enrollment", "identity"]],
] as const)(
  "cut off at %s it goes on where it was, and never lets the device in",
  async ([operation, service, before]) => {
    const id = `cut-${operation.toLowerCase()}`;
    const leaf = await registered(id);
    world.emulator.faults.inject({
      kind: "serverError",
      scope: { service, operations: [operation] },
      times: 1,
    });
    const cut = await deprovision(`${id} --yes --json`);
    expect(cut).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("500") });
    const steps = z.object({ steps: z.array(z.object({ step: z.string() })) });
    expect(steps.parse(JSON.parse(cut.stdout)).steps.map(({ step }) => step)).toEqual(before);
    // Whatever was done up to now, the door was shut first.
    const isShut = before.length > 0;
    const { body } = await register(world, id, leaf);
    expect(body.includes('"status":"disabled"')).toBe(isShut);
    expect(await deprovision(`${id} --yes`)).toMatchObject({ exitCode: 0 });
    await requireOut(id, leaf);
    expect(await identityOf(id)).toBeUndefined();
  },
);

test("a device with an individual enrollment is disabled there, and found by its device id", async () => {
  const leaf = await world.pki.leaf("own");
  world.file("own.pem", leaf.certificatePem);
  await world.command(`enroll device own --certificate own.pem --device-id other --hub ${HUBS[0]}`);
  await register(world, "own", leaf);
  expect(await deprovision("own --yes")).toMatchObject({
    exitCode: 0,
    stdout: `individual enrollment: disabled\nidentity other at ${HUBS[0]}: deleted\nregistration record: deleted\n`,
  });
  expect((await register(world, "own", leaf)).body).toContain('"status":"disabled"');
});

test("a device whose hub is not at hand stays as it is", async () => {
  const leaf = await registered("far");
  world.file("dps.txt", world.emulator.dpsConnectionString);
  world.file("hub.txt", world.emulator.hubConnectionStrings[0] ?? "");
  const { host, httpsPort } = world.emulator;
  const way = `--ca root.pem --connect-to :443=${host}:${httpsPort}`;
  const strings = "--dps-connection-string-file dps.txt --hub-connection-string-file hub.txt";
  const end = await world.command(`deprovision far --yes ${strings} ${way}`, {});
  expect(end).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/far is at two-hub\S+, whose connection string is missing/),
  });
  expect((await register(world, "far", leaf)).body).toContain('"status":"assigned"');
});

test("all devices of a group are taken out, page by page, and the group last", async () => {
  const signer = world.pki.otherRoot;
  await enrollGroup(world, { id: "line", certificatePem: signer.certificatePem });
  const ids = ["line-1", "line-2", "line-3", "line-4", "line-5"];
  const first = await world.pki.leaf("line-1", { signer });
  await register(world, "line-1", first);
  for (const id of ids.slice(1)) await register(world, id, await world.pki.leaf(id, { signer }));
  world.emulator.faults.inject({
    kind: "serverError",
    scope: { operations: ["writeIdentity"], devices: ["line-3"] },
    times: 1,
  });
  const cut = await deprovision("--group line --delete-group --yes");
  expect(cut).toMatchObject({
    exitCode: 3,
    stdout:
      'enrollment group "line": disabled\nidentities: 4 deleted\nregistration records: 4 deleted\n',
    stderr: expect.stringMatching(/4\. enrollment group: delete it[^]*line-3/),
  });
  expect((await register(world, "line-1", first)).body).toContain('"status":"disabled"');
  const end = await deprovision("--group line --delete-group --yes --json");
  expect(end).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(end.stdout)).toEqual({
    group: "line",
    status: "deleted",
    identities: { deleted: 1, disabled: 0, absent: 0 },
    records: { deleted: 1, absent: 0 },
    left: [],
  });
  for (const id of ids) {
    expect(await identityOf(id, 0)).toBeUndefined();
    expect(await identityOf(id, 1)).toBeUndefined();
  }
});

test("what is asked amiss changes nothing", async () => {
  for (const [words, exitCode, said] of [
    ["--yes", 2, "DEVICE: expected a registration id or --group"],
    ["a --group b --yes", 2, "DEVICE: expected a registration id or --group"],
    ["a --delete-group --yes", 2, "--delete-group: goes with --group only"],
    ["a --certificate root.pem --yes", 2, "expected a device's certificate, got a CA"],
    ["--group nobody --yes", 3, 'there is no enrollment group "nobody"'],
  ] as const)
    expect(await deprovision(words)).toMatchObject({
      exitCode,
      stdout: "",
      stderr: expect.stringContaining(said),
    });
});
