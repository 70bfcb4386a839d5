import { afterAll, beforeAll, expect, test } from "vitest";

import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld();
  world.file("key.txt", Buffer.alloc(32, 7).toString("base64"));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const enroll = (words: string) => world.command(`enroll ${words}`);

test("a certificate of the wrong kind is refused with the mend, and nothing is written", async () => {
  world.file("leaf.pem", (await world.pki.leaf("cave-9")).certificatePem);
  for (const [words, said] of [
    [
      "group bad --certificate leaf.pem",
      /expected a CA certificate[^]*hint: give the intermediate/,
    ],
    ["group bad --certificate key.txt", /expected one certificate in PEM or DER/],
    ["group bad --certificate nowhere.pem", /got no file/],
    ["device bad --certificate intermediate.pem", /got a CA[^]*hint: `enroll group/],
    ["device bad --certificate leaf.pem", /expected the common name "bad"[^]*got "cave-9"/],
    ["group bad", /--certificate: expected it or --symmetric-key/],
    ["group bad --certificate root.pem --symmetric-key", /--certificate: expected one of/],
    ["group bad --certificate root.pem --allocation static", /--hub: expected one hub, got 0/],
    ["group bad --certificate root.pem --allocation custom", /--webhook: expected a URL/],
    ["group bad --certificate root.pem --allocation best", /--allocation: expected one of hashed/],
    ["group bad --symmetric-key --key-env NOBODY", /NOBODY: expected an environment variable/],
    ["group bad --symmetric-key --key-file root.pem", /expected the base64 of 16 to 64 bytes/],
    ["group bad --symmetric-key --derive x", /--derive: expected --write-key FILE/],
    ["device b.", /ID: expected a registration id/],
  ] as const)
    expect(await enroll(words)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(said),
    });
  expect(await enroll("list --json")).toMatchObject({ stdout: "[]\n" });
});

test("an initial twin that is none is told with line and column", async () => {
  world.file("bad.yaml", "tag: {}\nproperties:\n  desired: { a.b: 1 }\n  reported: {}\n");
  const end = await enroll("group bad --certificate root.pem --initial-twin bad.yaml");
  expect(end).toMatchObject({ exitCode: 2, stdout: "" });
  expect(end.stderr).toMatch(/bad\.yaml:1:1 tag: unknown key "tag"\n +did you mean tags\?/);
  expect(end.stderr).toMatch(/bad\.yaml:4:3 properties\.reported: unknown key/);
  expect(end.stderr).toMatch(/bad\.yaml:3:3 properties\.desired: expected a twin key/);
});

test("what is not there, and what conflicts, ends with 3 and what to do", async () => {
  for (const words of ["show nobody", "disable nobody", "delete nobody"])
    expect(await enroll(words)).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(/there is no enrollment "nobody"[^]*hint: `enroll list`/),
    });
  await enroll("group first --certificate intermediate.pem");
  expect(await enroll("group second --certificate intermediate.pem")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("already used by enrollment group first"),
  });
  expect(await world.command("registrations list nobody")).toMatchObject({
    exitCode: 3,
    stdout: "",
  });
  await enroll("delete first");
});

test("connection strings of another kind, and none at all, are told apart", async () => {
  expect(await world.command("enroll list", {})).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/no DPS instance is given[^]*DPS_CONNECTION_STRING/),
  });
  world.file("hub.txt", world.emulator.hubConnectionStrings[0] ?? "");
  const end = await world.command("enroll list --dps-connection-string-file hub.txt", {});
  expect(end).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("got that of an IoT Hub"),
  });
});

test("Ctrl-C ends with 130, and nothing was changed", async () => {
  const env = { DPS_FLEET_EMULATOR: "emulator.json" };
  for (const words of [
    "enroll group stopped --certificate intermediate.pem",
    "registrations delete a --yes",
    "deprovision stopped --yes",
    "cleanup --group stopped --yes",
  ])
    expect(await world.command(words, env, "SIGINT")).toMatchObject({
      exitCode: 130,
      stdout: "",
      stderr: expect.stringContaining("stopped by SIGINT"),
    });
  expect(await enroll("list --json")).toMatchObject({ stdout: "[]\n" });
});
