import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import { issueDefectiveLeaf } from "../../src/pki/defects.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { runHere } from "../support/cli.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeLeaf, writeTestFile } from "../support/pki.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

const dir = temporaryDir();
const certs = join(dir.path, "certs");
const layout = certsLayout(certs);
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  const { root, intermediate } = world.pki;
  writeTestFile(layout.rootCert, root.certificatePem);
  writeTestFile(layout.intermediateCert, intermediate.certificatePem);
  file("tls.pem", root.certificatePem);
  file("emulator.json", JSON.stringify(info()));
  file("fleet.yaml", SCENARIO);
  await leaf("d-1");
  await enrollGroup(world, { id: "caves" });
});
afterAll(async () => {
  await world.emulator.stop();
  dir[Symbol.dispose]();
});

const SCENARIO = `name: fleet
provisioning: { group: caves }
fleet:
  - { model: cheese-cave, count: 3, registrationId: "d-{n}" }
duration: 5s
`;
const info = () => emulatorInfo(world.emulator, join(dir.path, "tls.pem"));
const file = (name: string, content: string): string =>
  writeTestFile(join(dir.path, name), content);
async function leaf(id: string): Promise<void> {
  writeLeaf(certs, id, await world.pki.leaf(id));
  chmodSync(layout.leafKey(id), 0o600);
}

const doctor = (words: string, env: Readonly<Record<string, string>> = {}) =>
  runHere(dir.path, ["doctor", ...words.split(" ").filter((word) => word !== "")], env);

/** What `--json` tells of some areas, as `state area`. */
async function findingsOf(words: string, env = {}): Promise<readonly Finding[]> {
  const findings: readonly Finding[] = JSON.parse((await doctor(`${words} --json`, env)).stdout);
  return findings;
}
const failures = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state === "fail").map(({ area, what }) => `${area}: ${what}`);

test("a fleet that can run has nothing to mend, and every area is told", async () => {
  const { exitCode, stdout, stderr } = await doctor("fleet.yaml --emulator emulator.json");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^ok {4}node {8}Node v\d/);
  expect(stdout).not.toContain("fail  ");
  expect(exitCode).toBe(0);
  const areas = [
    "node scenario limits identities DNS mqtt mqtt-ws TLS clock DPS hub enrollment",
  ].flatMap((line) => line.split(" "));
  const told = new Set(
    (await findingsOf("fleet.yaml --emulator emulator.json")).map((f) => f.area),
  );
  expect([...told]).toEqual(areas);
  expect(stdout).toContain("2 have none yet: a run issues them");
  expect(stdout).toContain("policy provisioningserviceowner has EnrollmentRead");
  expect(stdout).toContain("is enabled and holds the CA of these leaves");
});

test("nothing secret is told", async () => {
  const { stdout } = await doctor("fleet.yaml --emulator emulator.json");
  const { dpsConnectionString, hubConnectionStrings, adminToken } = info();
  const secrets = [dpsConnectionString, ...hubConnectionStrings].map(
    (text) => /SharedAccessKey=(.*)$/.exec(text)?.[1] ?? "",
  );
  for (const secret of [...secrets, adminToken]) {
    expect(secret).not.toBe("");
    expect(stdout).not.toContain(secret);
  }
});

test("bad identities, a disabled group and a closed port end 2, each with its mend", async () => {
  await using folder = temporaryDir();
  writeLeaf(folder.path, "d-1", await world.pki.leaf("someone"));
  const nowhere = { ...info(), mqttPort: 1 };
  file("closed.json", JSON.stringify(nowhere));
  await enrollGroup(world, { id: "caves", disabled: true });
  const words = `fleet.yaml --emulator closed.json --certs ${folder.path}`;
  const { exitCode, stdout } = await doctor(words);
  await enrollGroup(world, { id: "caves" });
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/^fail {2}identities .*expected the common name "d-1"[^]*?mend: /m);
  expect(stdout).toMatch(/^warn {2}mqtt .*ECONNREFUSED.*\n +mend: run with --transport mqtt-ws/m);
  expect(stdout).toMatch(/^ok {4}mqtt-ws .*open/m);
  expect(stdout).toMatch(/^fail {2}enrollment .*is disabled\n +mend: enroll enable caves/m);
  expect(stdout).toMatch(/\d+ ok, \d+ to watch, 2 to mend\n$/);
});

test("a leaf that does not lead to the CA of the group is told before a run refuses it", async () => {
  await using folder = temporaryDir();
  const store = certsLayout(folder.path);
  const { root, intermediate: signer, now } = world.pki;
  writeTestFile(store.rootCert, root.certificatePem);
  writeTestFile(store.intermediateCert, signer.certificatePem);
  writeLeaf(folder.path, "d-1", await world.pki.leaf("d-1"));
  for (const [registrationId, defect] of [
    ["d-2", "wrong-ca"],
    ["d-3", "self-signed"],
  ] as const) {
    const bad = await issueDefectiveLeaf(defect, { registrationId, signer, now });
    writeLeaf(folder.path, registrationId, bad);
  }
  const words = `fleet.yaml --emulator emulator.json --certs ${folder.path}`;
  expect(failures(await findingsOf(words))).toEqual([
    expect.stringMatching(/d-2-full.*got one to another CA of the same name, with another key/),
    expect.stringMatching(/d-3-full.*expected a chain to the CA of the enrollment group/),
  ]);
});

test("a server whose CA is not trusted, and a name that it does not have, are told", async () => {
  file("other.pem", world.pki.otherRoot.certificatePem);
  const untrusted = await findingsOf("--emulator emulator.json --ca other.pem");
  expect(failures(untrusted).join("\n")).toMatch(/^mqtt: .*self-signed certificate/m);
  const { host, mqttPort } = world.emulator;
  const named = await doctor(
    `--target azure --ca tls.pem --provisioning-host else.example --connect-to else.example:8883=${host}:${mqttPort} --connect-to else.example:443=${host}:1`,
  );
  expect(named.exitCode).toBe(2);
  expect(named.stdout).toMatch(/^fail {2}mqtt .*does not match certificate's altnames/m);
});

test("a connection string of the wrong kind, with a wrong key, or to nowhere is told apart", async () => {
  const { dpsConnectionString, hubConnectionStrings } = info();
  const { host, httpsPort } = world.emulator;
  const [hubConnectionString = ""] = hubConnectionStrings;
  const reach = `--target azure --ca tls.pem --connect-to :443=${host}:${httpsPort} --connect-to :8883=${host}:${world.emulator.mqttPort}`;
  const wrongKey = dpsConnectionString.replace(
    /Key=.*$/,
    "Key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  );
  const hubs = { IOTHUB_CONNECTION_STRING: hubConnectionString };
  const wrong = await findingsOf(reach, { DPS_CONNECTION_STRING: wrongKey, ...hubs });
  expect(failures(wrong)).toEqual([
    expect.stringMatching(/^DPS: .*policy provisioningserviceowner and EnrollmentRead: .*401/),
    expect.stringMatching(/^DPS: .*RegistrationStatusRead: .*401/),
  ]);
  expect(wrong.some(({ area, state }) => area === "hub" && state === "ok")).toBe(true);
  const kind = await findingsOf(reach, { DPS_CONNECTION_STRING: hubConnectionString });
  expect(failures(kind).join()).toContain(
    "expected the connection string of a Device Provisioning Service, got that of an IoT Hub",
  );
});

test("without a scenario and a target it looks at this machine and the store", async () => {
  const { exitCode, stdout } = await doctor("");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ok {4}node .*\nok {4}identities .*1 in .* can be used\n2 ok/);
});

test("leaves that are bad on purpose have nothing to mend, unless a scenario wants them to be let in", async () => {
  await using folder = temporaryDir();
  const { intermediate: signer, now } = world.pki;
  const bad = await issueDefectiveLeaf("expired", { registrationId: "d-1", signer, now });
  writeLeaf(folder.path, "d-1", bad);
  const { exitCode, stdout } = await doctor(`--certs ${folder.path}`);
  expect(stdout).toMatch(/^ok {4}identities .*1 bad on purpose/m);
  expect(exitCode).toBe(0);
  const wanted = `fleet.yaml --emulator emulator.json --certs ${folder.path}`;
  expect(failures(await findingsOf(wanted))).toContainEqual(expect.stringContaining("expired on"));
});

test("warnings end 0, and with --strict 2", async () => {
  await using folder = temporaryDir();
  writeLeaf(folder.path, "d-1", await world.pki.leaf("d-1"));
  const words = `--certs ${folder.path}`;
  expect(await doctor(words)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("warn  identities"),
  });
  expect(await doctor(`${words} --strict`)).toMatchObject({ exitCode: 2 });
});

test.for([
  ["fleet.yaml --target moon", /--target: expected one of/],
  ["fleet.yaml another.yaml", /another.yaml: expected no further word/],
] as const)("a command line that is wrong ends 2 with its place: %s", async ([words, place]) => {
  const { exitCode, stdout, stderr } = await doctor(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(place);
});

test("a fleet for Azure without an ID scope, and a name that does not resolve, are told once", async () => {
  const words = "fleet.yaml --target azure --provisioning-host nowhere.invalid";
  expect(failures(await findingsOf(words))).toEqual([
    "scenario: the ID scope of the DPS instance is missing",
    expect.stringMatching(/^DNS: nowhere\.invalid: /),
  ]);
  const scoped = await findingsOf(words, { PROVISIONING_IDSCOPE: "0ne00000001" });
  expect(failures(scoped)).toEqual([expect.stringMatching(/^DNS: /)]);
});

test("where 8883 is closed the WebSocket is tried through the proxy, and a proxy that refuses is told", async () => {
  const { host, httpsPort, provisioningHost } = world.emulator;
  const to = { host, port: httpsPort };
  const words = `--target azure --ca tls.pem --connect-to ${provisioningHost}:8883=${host}:1`;
  await using proxy = await connectProxy({ to });
  const through = await findingsOf(words, { HTTPS_PROXY: proxy.url });
  expect(failures(through)).toEqual([]);
  expect(through.find(({ area }) => area === "mqtt")).toMatchObject({
    state: "warn",
    mend: expect.stringContaining("--transport mqtt-ws"),
  });
  expect(through.find(({ area }) => area === "mqtt-ws")?.what).toContain("through the proxy");
  await using closed = await connectProxy({ to, login: "me:secret" });
  const url = closed.url.replace("://", "://me:wrong-password@");
  const refused = await findingsOf(words, { HTTPS_PROXY: url });
  expect(failures(refused).join("\n")).toMatch(/^mqtt-ws: .*407/m);
  expect(JSON.stringify(refused)).not.toContain("wrong-password");
  await using broken = await connectProxy({ to, refuse: "502 Bad Gateway" });
  const other = await findingsOf(words, { HTTPS_PROXY: broken.url });
  expect(failures(other).join("\n")).toMatch(/^mqtt-ws: .*502/m);
});

test("a scenario that cannot be read is a finding, and the rest is looked at all the same", async () => {
  const findings = await findingsOf("nowhere.yaml --emulator emulator.json");
  expect(failures(findings)).toEqual([expect.stringContaining("scenario: nowhere.yaml")]);
  expect(findings.some(({ area }) => area === "mqtt")).toBe(true);
});
