import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certsLayout } from "../../src/pki/layout.ts";
import { LEAF_DEFECTS } from "../../src/base/leaf-defect.ts";
import { issueDefectiveLeaf } from "../../src/pki/defects.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeLeaf, writeTestFile } from "../support/pki.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest, register } from "./emulator-wire.ts";

/** A store with the world's CAs, and an emulator whose group holds the intermediate. */
const dir = temporaryDir();
const certs = join(dir.path, "certs");
const layout = certsLayout(certs);
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world, { id: "caves" });
  const { root, intermediate } = world.pki;
  writeTestFile(layout.rootCert, root.certificatePem);
  writeTestFile(layout.intermediateCert, intermediate.certificatePem);
  const tls = writeTestFile(join(dir.path, "tls.pem"), root.certificatePem);
  writeTestFile(join(dir.path, "emulator.json"), JSON.stringify(emulatorInfo(world.emulator, tls)));
});
afterAll(async () => {
  await world.emulator.stop();
  dir[Symbol.dispose]();
});

const EMULATOR = ["--emulator", "emulator.json"];
const explain = (ids: readonly string[], where: readonly string[] = EMULATOR) =>
  runHere(dir.path, ["doctor", "explain", ...ids, ...where]);

async function issue(id: string) {
  const leaf = await world.pki.leaf(id);
  writeLeaf(certs, id, leaf);
  return leaf;
}

/** The cause that `--json` tells of one device. */
async function causeOf(id: string, where = EMULATOR): Promise<unknown> {
  const { stdout } = await explain([id], [...where, "--json"]);
  const [told]: { cause: unknown }[] = JSON.parse(stdout);
  return told?.cause;
}

test("a good device has nothing to explain, before and after it registered", async () => {
  const leaf = await issue("good");
  expect(await explain(["good"])).toMatchObject({ exitCode: 0, stderr: "" });
  await register(world, "good", leaf);
  const { exitCode, stdout } = await explain(["good"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^good: nothing found\n {2}✓ leaf .*\n {2}✓ group caves .*\n {2}✓ hub /);
});

test("each defect is told with its cause, a picture and the mend, and ends 2", async () => {
  const causes: Record<string, unknown> = {};
  for (const defect of LEAF_DEFECTS) {
    const { intermediate: signer, now } = world.pki;
    const registrationId = `bad-${defect}`;
    const leaf = await issueDefectiveLeaf(defect, { registrationId, signer, now });
    writeLeaf(certs, registrationId, leaf);
    causes[defect] = await causeOf(registrationId);
    const { exitCode, stdout } = await explain([registrationId]);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^ {2}✗ .*$[^]*^ {2}expected .*\n {2}mend: .*\n$/m);
  }
  expect(causes).toEqual({
    expired: "expired",
    "not-yet-valid": "not yet valid",
    "wrong-ca": "signed by another key",
    "wrong-cn": "wrong common name",
    "no-client-auth": "no client authentication",
    "self-signed": "self-signed",
    "broken-chain": "missing intermediate",
    "ca-as-leaf": "CA as leaf",
    "weak-key": "weak key",
  });
});

test("a leaf that was renewed without registering again is told at the hub", async () => {
  await register(world, "rolled", await issue("rolled"));
  const renewed = new X509Certificate((await issue("rolled")).certificatePem);
  const { stdout } = await explain(["rolled"]);
  expect(stdout).toContain("rolled: wrong thumbprint at the hub");
  expect(stdout).toContain(renewed.fingerprint.replaceAll(":", ""));
});

test("what enrollment and hub say no by is told", async () => {
  using clients = serviceClients(world);
  for (const id of ["barred", "gone", "off"]) await register(world, id, await issue(id));
  const bar = ["enroll", "device", "barred", "--symmetric-key", "--disabled"];
  expect(await runHere(dir.path, [...bar, ...EMULATOR])).toMatchObject({ exitCode: 0 });
  await clients.registry.delete("gone");
  const { responseBody: device } = await clients.registry.get("off");
  await clients.registry.update(Object.assign(device, { status: "disabled" }));
  expect(await causeOf("barred")).toBe("individual enrollment in the way");
  expect(await causeOf("gone")).toBe("unknown at the hub");
  expect(await causeOf("off")).toBe("disabled at the hub");
  await enrollGroup(world, { id: "caves", disabled: true });
  await issue("shut");
  expect(await causeOf("shut")).toBe("enrollment disabled");
  await enrollGroup(world, { id: "caves" });
});

test("without anybody to ask, the group's certificate is enough, and so is the chain alone", async () => {
  await issue("offline");
  const other = writeTestFile(join(dir.path, "other.pem"), world.pki.otherRoot.certificatePem);
  expect(await causeOf("offline", ["--group-certificate", other])).toBe("other CA");
  expect(await causeOf("offline", ["--group-certificate", layout.intermediateCert])).toBe(null);
  const { exitCode, stdout } = await explain(["offline"], []);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("? enrollment  not asked");
});

test("the devices that a run saw refused are told by cause", async () => {
  const rows = ["registrationId,deviceId,hub,errorClass,error"];
  for (let n = 1; n <= 12; n += 1) {
    const { intermediate: signer, now } = world.pki;
    const registrationId = `many${n}`;
    const defect = n > 10 ? "weak-key" : "expired";
    writeLeaf(
      certs,
      registrationId,
      await issueDefectiveLeaf(defect, { registrationId, signer, now }),
    );
    rows.push(`${registrationId},,,unauthorized,"registration refused: Invalid certificate."`);
  }
  rows.push("fine,fine,h,,", "slow,,,timeout,no answer");
  writeTestFile(join(dir.path, "runs/one/devices.csv"), `${rows.join("\n")}\n`);
  const { exitCode, stdout } = await explain([], [...EMULATOR, "--run", "runs/one"]);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(
    /^expired: 10 devices: many1, many2, many3, many4, many5 and 5 more\n\nfor example many1: /,
  );
  expect(stdout).toContain("weak key: 2 devices: many11, many12\n");
  expect(stdout.match(/^ {2}mend: /gm)).toHaveLength(2);
});

test.for([
  [["--run", "nowhere"], "expected the results of a run, got: there is no such file"],
  [["--group-certificate", "emulator.json"], "expected one certificate in PEM or DER"],
  [["--certs", "nothing"], "expected certificates of devices, got none"],
  [["--emulator", "tls.pem"], "expected one line of JSON"],
] as const)("bad input %o ends 2 with its place", async ([where, text]) => {
  const { exitCode, stdout, stderr } = await explain([], where);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(text);
});

test("many devices at a time make Node warn of nothing", async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `many-${n}`);
  for (const id of ids) await issue(id);
  const warned: string[] = [];
  const onWarning = ({ name }: Error): void => void warned.push(name);
  process.on("warning", onWarning);
  try {
    expect(await explain(ids)).toMatchObject({ exitCode: 0, stderr: "" });
    // Node tells of warnings in a turn of their own.
    await new Promise(setImmediate);
  } finally {
    process.off("warning", onWarning);
  }
  expect(warned).toEqual([]);
});
