import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import { DPS_RESOURCE, manage } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

const dir = temporaryDir();
const ROOT = "root.pem";
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  const { pki } = world;
  file("tls.pem", pki.root.certificatePem);
  file("emulator.json", JSON.stringify(emulatorFile()));
  file(ROOT, pki.root.certificatePem);
});
afterAll(async () => {
  await world.emulator.stop();
  dir[Symbol.dispose]();
});

const emulatorFile = () => emulatorInfo(world.emulator, join(dir.path, "tls.pem"));

const file = (name: string, content: string | Uint8Array): string =>
  writeTestFile(join(dir.path, name), content);

const EMULATOR = ["--emulator", "emulator.json"];
const ca = (
  words: string,
  where: readonly string[] = EMULATOR,
  env: Readonly<Record<string, string>> = {},
): Promise<CliEnd> => runHere(dir.path, ["ca", ...words.split(" "), ...where], env);
const listed = async (): Promise<unknown> => JSON.parse((await ca("list --json")).stdout);

test("a CA certificate is uploaded, gets a code, is verified by its proof, listed and deleted", async () => {
  expect(await ca(`add factory --certificate ${ROOT}`)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^factory: not verified, SHA-1 [0-9A-F]{40}, until 20\d\d-\d\d-\d\d\n$/,
    ),
    stderr: "",
  });
  const code = await ca("code factory");
  expect(code).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^[0-9A-F]{48}\n$/),
    stderr: "",
  });
  const { certificatePem } = await world.pki.leaf(code.stdout.trim(), { signer: world.pki.root });
  file("certs/verification-code.cert.pem", certificatePem);
  // The place where a verification certificate lies by its layout.
  expect(await ca("verify factory")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("factory: verified"),
  });
  const { stdout } = await ca("list");
  expect(stdout).toMatch(/^NAME +VERIFIED +EXPIRES +SHA-1 +SUBJECT\nfactory +yes /);
  expect(await listed()).toMatchObject([{ name: "factory", isVerified: true }]);
  expect(await ca("delete factory")).toMatchObject({ exitCode: 0, stdout: "factory: deleted\n" });
  expect(await ca("list")).toMatchObject({
    exitCode: 0,
    stdout: "cheesecave-dps has no CA certificates\n",
  });
});

test("with --json every action prints one line", async () => {
  const shown = z.object({
    name: z.literal("j"),
    isVerified: z.boolean(),
    expiry: z.iso.datetime(),
  });
  const add = shown.parse(JSON.parse((await ca(`add j --certificate ${ROOT} --json`)).stdout));
  expect(add.isVerified).toBe(false);
  const { verificationCode } = z
    .strictObject({ name: z.literal("j"), verificationCode: z.string() })
    .parse(JSON.parse((await ca("code j --json")).stdout));
  const proof = await world.pki.leaf(verificationCode, { signer: world.pki.root });
  file("proof.pem", proof.certificatePem);
  const verify = await ca("verify j --certificate proof.pem --json");
  expect(shown.parse(JSON.parse(verify.stdout)).isVerified).toBe(true);
  const { stdout } = await ca("delete j --json");
  expect(stdout).toBe('{"name":"j","deleted":true}\n');
});

test("the same certificate again is no failure, and may be vouched for; another under its name is", async () => {
  file("other.pem", world.pki.otherRoot.certificatePem);
  await ca(`add twice --certificate ${ROOT}`);
  expect(await ca(`add twice --certificate ${ROOT}`)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("is there already: twice: not verified"),
  });
  expect(await ca(`add twice --certificate ${ROOT} --verified`)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("twice: verified"),
  });
  expect(await ca("add twice --certificate other.pem")).toMatchObject({
    exitCode: 3,
    stdout: "",
    stderr: expect.stringMatching(
      /"twice" of cheesecave-dps is another one[^]*hint: choose another name/,
    ),
  });
  expect(await listed()).toMatchObject([{ name: "twice", isVerified: true }]);
  await ca("delete twice");
});

test.for([["code nobody"], ["delete nobody"], [`verify nobody --certificate ${ROOT}`]])(
  "a name that is not there ends %s with 3 and what to do",
  async ([words = ""]) => {
    expect(await ca(words)).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(
        /there is no CA certificate "nobody" of cheesecave-dps[^]*hint: `ca list`/,
      ),
    });
  },
);

test("a wrong proof ends with 3, what is wrong with it and how a right one is made", async () => {
  await ca(`add wrong --certificate ${ROOT}`);
  const hint = /no verification code[^]*hint: [^]*ca code wrong/;
  expect(await ca(`verify wrong --certificate ${ROOT}`)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(hint),
  });
  const code = (await ca("code wrong")).stdout.trim();
  const stranger = await world.pki.leaf(code, { signer: world.pki.otherRoot });
  file("stranger.pem", stranger.certificatePem);
  for (const [proof, said] of [
    [ROOT, /expected the verification code[^]*hint: [^]*ca code wrong/],
    ["stranger.pem", /the private key of the CA certificate did not sign it[^]*hint: /],
  ] as const)
    expect(await ca(`verify wrong --certificate ${proof}`)).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(said),
    });
  expect(await listed()).toMatchObject([{ name: "wrong", isVerified: false }]);
  await ca("delete wrong");
});

test("a CA certificate that a group names is not deleted, and the group is told", async () => {
  await ca(`add used --certificate ${ROOT} --verified`);
  using clients = serviceClients(world);
  await clients.dps.createOrUpdateEnrollmentGroup({
    enrollmentGroupId: "naming",
    attestation: { type: "x509", x509: { caReferences: { primary: "used", secondary: "" } } },
    provisioningStatus: "enabled",
  });
  expect(await ca("delete used")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("is used by enrollment group naming"),
  });
  expect(await manage(world, "GET", `${DPS_RESOURCE}/certificates/used`)).toMatchObject({
    status: 200,
  });
});

test("a file that will not do ends with 2 and is told, and a key in it is not shown", async () => {
  const { privateKeyPem } = world.pki.root;
  file("key.pem", privateKeyPem);
  file("leaf.pem", (await world.pki.leaf("leaf")).certificatePem);
  for (const [name, said] of [
    ["nowhere.pem", "got no file"],
    ["key.pem", "got a private key"],
    ["emulator.json", "got something else"],
    ["leaf.pem", "expected a CA certificate"],
  ] as const) {
    const end = await ca(`add bad --certificate ${name}`);
    expect(end).toEqual({ exitCode: 2, stdout: "", stderr: expect.stringContaining(`${name}: `) });
    expect(end.stderr).toContain(said);
    expect(end.stderr).toContain("hint: ");
    expect(end.stderr).not.toContain(privateKeyPem.split("\n")[1]);
  }
});

test("the emulator may be named in the environment", async () => {
  const env = { DPS_FLEET_EMULATOR: "emulator.json" };
  expect(await ca("list --json", [], env)).toMatchObject({ exitCode: 0, stderr: "" });
});

test("an emulator file of another start, and one of nobody, end with 3 and what to do", async () => {
  const now = emulatorFile();
  file("stale.json", JSON.stringify({ ...now, adminToken: "another" }));
  file("gone.json", JSON.stringify({ ...now, adminUrl: "https://127.0.0.1:1/emulator" }));
  expect(await ca("list", ["--emulator", "stale.json"])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/answered 401[^]*hint: is the emulator file from/),
  });
  expect(await ca("list", ["--emulator", "gone.json"])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/UNREACHABLE[^]*hint: nothing listens there/),
  });
});

test("without an emulator, and without Azure, there is nothing to talk to", async () => {
  for (const where of [[], ["--target", "emulator"]])
    expect(await ca("list", where)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/--emulator: expected a file[^]*hint: start one with/),
    });
  expect(await ca("list", [...EMULATOR, "--target", "azure"])).toMatchObject({ exitCode: 2 });
});

test("for Azure the lines of its own CLI are printed, without a secret", async () => {
  const connection =
    "HostName=mine.azure-devices-provisioning.net;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0";
  file("dps.txt", `${connection}\n`);
  const add = `az iot dps certificate create --dps-name mine --resource-group g --certificate-name f --path ${ROOT}\n`;
  const words = `add f --certificate ${ROOT} --resource-group g`;
  for (const [where, env] of [
    [["--dps-connection-string-file", "dps.txt"], {}],
    [[], { DPS_CONNECTION_STRING: connection }],
    [["--target", "azure"], { DPS_CONNECTION_STRING: connection }],
  ] as const) {
    const end = await ca(words, where, env);
    expect(end).toEqual({
      exitCode: 0,
      stdout: add,
      stderr: expect.stringContaining("where az is logged in"),
    });
    expect(end.stderr).not.toContain("c2VjcmV0");
  }
  const { stdout } = await ca("code f --json", ["--target", "azure"]);
  expect(JSON.parse(stdout)).toEqual({
    commands: [
      expect.stringContaining('"$DPS_NAME"'),
      expect.stringContaining("generate-verification-code"),
    ],
  });
  const bad = await ca("list", [], { DPS_CONNECTION_STRING: "HostName=x" });
  expect(bad).toMatchObject({ exitCode: 2, stdout: "" });
  const literal = await ca("list", ["--dps-connection-string-file", connection]);
  expect(literal).toMatchObject({ exitCode: 2, stderr: expect.not.stringContaining("c2VjcmV0") });
});

test("a file for Azure is read too, before a line is printed", async () => {
  const end = await ca("verify f --certificate key.pem", ["--target", "azure"]);
  expect(end).toMatchObject({ exitCode: 2, stdout: "" });
});

test.for([["add"], ["code"], ["verify"], ["list"], ["delete"]])(
  "help of %s has an example",
  async ([action = ""]) => {
    const { exitCode, stdout } = await ca(`${action} --help`, []);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`Examples:\n  dps-fleet ca ${action}.* --emulator emulator.json`),
    );
  },
);
