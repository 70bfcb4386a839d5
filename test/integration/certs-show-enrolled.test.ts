import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { certsLayout } from "../../src/pki/layout.ts";
import { writeLeaf, writeTestFile } from "../support/pki.ts";
import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld();
  const { pki, dir } = world;
  const layout = certsLayout(join(dir, "certs"));
  writeTestFile(layout.rootCert, pki.root.certificatePem);
  writeTestFile(layout.rootKey, pki.root.privateKeyPem);
  writeTestFile(layout.intermediateCert, pki.intermediate.certificatePem);
  for (const id of ["cave", "free"]) {
    writeLeaf(layout.dir, id, await pki.leaf(id, { signer: pki.root }));
  }
  await world.command("certs renew cave");
  await world.command("enroll group caves --certificate intermediate.pem");
  await world.command("enroll disable caves");
  await world.command("ca add factory --certificate root.pem --verified");
  await world.command("enroll group factories --ca-reference factory");
  await world.command(
    "enroll device cave --certificate certs/cave.cert.pem --secondary-certificate certs/cave.renewed.cert.pem",
  );
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("with an emulator the store tells which enrollments and CA certificates hold what", async () => {
  const { exitCode, stdout } = await world.command("certs show");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^root: .*; in DPS: CA certificate factory \(verified\), group factories$/m,
  );
  expect(stdout).toMatch(/^ {2}intermediate: .*; in DPS: group caves \(primary, disabled\)$/m);
  expect(stdout).toMatch(/^ {2}cave: .*; in DPS: individual cave \(primary\)/m);
  expect(stdout).toMatch(/^ {2}free: [^\n]* left\)$/m);
  const json: unknown = JSON.parse((await world.command("certs show --json")).stdout);
  expect(json).toMatchObject({
    cas: [
      {
        name: "root",
        enrolledIn: [
          { kind: "ca", name: "factory", slot: null, status: "verified" },
          { kind: "group", name: "factories", slot: null, status: "enabled" },
        ],
      },
      { name: "intermediate" },
    ],
    leaves: [{ id: "cave" }, { id: "free", enrolledIn: [] }],
  });
});

test("of a device it tells whether the renewed certificate is enrolled already", async () => {
  const { stdout } = await world.command("certs show cave");
  expect(stdout).toMatch(/in DPS {8}individual cave \(primary\)\n/);
  expect(stdout).toMatch(/new in DPS {4}individual cave \(secondary\)\n/);
  const file = await world.command("certs show intermediate.pem --json");
  expect(JSON.parse(file.stdout)).toMatchObject({
    kind: "file",
    enrolledIn: [{ kind: "group", name: "caves", slot: "primary", status: "disabled" }],
  });
});

test("a connection string of Azure is not used unasked", async () => {
  const env = { DPS_CONNECTION_STRING: "HostName=x;SharedAccessKeyName=n;SharedAccessKey=a2V5" };
  expect(await world.command("certs show", env)).toMatchObject({ exitCode: 0, stderr: "" });
  const away = { DPS_FLEET_EMULATOR: "nowhere.json" };
  expect(await world.command("certs show", away)).toMatchObject({ exitCode: 2, stdout: "" });
});
