import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:tls";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { temporaryDir } from "../support/pki.ts";
import { startCommand } from "../support/started-command.ts";
import { HUB } from "./emulator-wire.ts";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

const FREE_PORTS = ["--mqtt-port", "0", "--https-port", "0"];

test("--json prints one line that describes the emulator, and SIGINT ends it with 0", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS]);
  await program.printed;
  const info = parseEmulatorFile(program.out.join(""), "stdout");
  expect(program.out.join("").trimEnd().split("\n")).toHaveLength(1);
  expect(info).toMatchObject({
    idScope: "0ne000CA7E5",
    hubs: ["cheesecave-hub.azure-devices.net"],
    address: "127.0.0.1",
    caFile: `${dir.path}/certs/emulator/ca.cert.pem`,
    dataDir: null,
  });
  expect(new X509Certificate(readFileSync(info.caFile)).ca).toBe(true);
  // Its own CA has name constraints; every name of the server's certificate must be within them.
  const ca = readFileSync(info.caFile, "utf8");
  for (const servername of [...info.hubs, info.dpsHost, info.provisioningHost, "localhost"]) {
    const socket = connect({ host: info.address, port: info.mqttPort, servername, ca });
    await once(socket, "secureConnect");
    socket.destroy();
  }
  for (const path of ["health", "ready"])
    for (const method of ["GET", "HEAD"]) {
      const asking = request(`${info.adminUrl}/${path}`, { ca, method }).end();
      const [answer]: { statusCode?: number }[] = await once(asking, "response");
      expect([method, path, answer?.statusCode]).toEqual([method, path, 200]);
      asking.destroy();
    }
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
  expect(program.out).toHaveLength(1);
});

test("without --json it prints what to paste", async () => {
  await using dir = temporaryDir();
  const hubs = ["--hub", "a-hub.azure-devices.net", "--hub", "b-hub.azure-devices.net"];
  const program = startCommand(dir.path, ["emulator", ...FREE_PORTS, ...hubs]);
  await program.printed;
  const text = program.out.join("");
  for (const part of [
    "0ne000CA7E5",
    "127.0.0.1 global.azure-devices-provisioning.net",
    "127.0.0.1 a-hub.azure-devices.net",
    "127.0.0.1 b-hub.azure-devices.net",
    "NODE_EXTRA_CA_CERTS=",
    "SharedAccessKeyName=iothubowner",
    "SharedAccessKeyName=provisioningserviceowner",
    "export PROVISIONING_HOST=global.azure-devices-provisioning.net",
    "export PROVISIONING_IDSCOPE=0ne000CA7E5",
    "export IOTHUB_CONNECTION_STRING='HostName=a-hub.azure-devices.net;",
    "export IOTHUB_CONNECTION_STRING_2='HostName=b-hub.azure-devices.net;",
  ])
    expect(text).toContain(part);
  program.signal("SIGTERM");
  expect(await program.ended).toBe(0);
});

test.skipIf(!hasCurl)("the curl line that it prints works as it stands", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", ...FREE_PORTS]);
  await program.printed;
  const [curl = ""] = /^ {2}curl .*$/m.exec(program.out.join("")) ?? [];
  const { stdout } = await run("sh", ["-c", curl]);
  expect(JSON.parse(stdout)).toMatchObject({ properties: { idScope: "0ne000CA7E5" } });
  program.signal("SIGINT");
  await program.ended;
});

test("--write keeps keys off stdout, in a file that is there while the emulator takes clients", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--write", "emulator.json", ...FREE_PORTS]);
  await program.printed;
  const info = parseEmulatorFile(readFileSync(`${dir.path}/emulator.json`, "utf8"), "file");
  expect(program.out.join("")).not.toContain(info.adminToken);
  expect(program.out.join("")).toContain("emulator.json");
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
  expect(existsSync(`${dir.path}/emulator.json`)).toBe(false);
});

test("--write-token writes the admin token alone, for its owner, while the emulator takes clients", async () => {
  await using dir = temporaryDir();
  const files = ["--write", "emulator.json", "--write-token", "admin.token"];
  const program = startCommand(dir.path, ["emulator", ...files, ...FREE_PORTS]);
  await program.printed;
  const info = parseEmulatorFile(readFileSync(`${dir.path}/emulator.json`, "utf8"), "file");
  const path = `${dir.path}/admin.token`;
  expect(readFileSync(path, "utf8")).toBe(info.adminToken);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  program.signal("SIGINT");
  await program.ended;
  expect(existsSync(path)).toBe(false);
});

test("a file that cannot be written is told, and nothing is started", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--write", "none/emulator.json"]);
  expect(await program.ended).toBe(2);
  expect(program.err.join("")).toContain("none/emulator.json");
  expect(existsSync(`${dir.path}/certs`)).toBe(false);
});

test("a second signal does not wait for what the first one lets end", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS]);
  await program.printed;
  program.signal("SIGINT");
  expect(program.exits).toEqual([]);
  program.signal("SIGINT");
  expect(program.exits).toEqual([0]);
  expect(await program.ended).toBe(0);
});

test("under a run it ignores Ctrl-C, and stops by message", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS], { forked: true });
  await program.printed;
  program.signal("SIGINT");
  program.message({ type: "else" });
  const early = await Promise.race([program.ended, Promise.resolve("still there")]);
  expect(early).toBe("still there");
  program.message({ type: "stop" });
  expect(await program.ended).toBe(0);
});

test("under a run it stops when the channel closes", async () => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS], { forked: true });
  await program.printed;
  program.disconnect();
  expect(await program.ended).toBe(0);
});

test("a port that is taken ends with 3 and names it", async () => {
  await using dir = temporaryDir();
  const first = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS]);
  await first.printed;
  const { mqttPort } = parseEmulatorFile(first.out.join(""), "stdout");
  const ports = ["--mqtt-port", String(mqttPort), "--https-port", "0"];
  const second = startCommand(dir.path, ["emulator", ...ports]);
  expect(await second.ended).toBe(3);
  const told = second.err.join("");
  expect(told).toContain(`127.0.0.1:${mqttPort}`);
  expect(told).toContain("--mqtt-port");
  // Only Linux tells who holds a port.
  const holder = process.platform === "linux" ? `(PID ${process.pid})` : "another program";
  expect(told).toContain(holder);
  first.signal("SIGINT");
  await first.ended;
});

/** What a device would see that dials the address and asks for `servername`. */
async function isTrusted(info: EmulatorInfo, servername: string): Promise<boolean> {
  const ca = readFileSync(info.caFile, "utf8");
  const socket = connect({ host: info.address, port: info.mqttPort, servername, ca });
  try {
    await once(socket, "secureConnect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test("--advertise names the one hub, with a CA of its own that vouches for that name too", async () => {
  await using dir = temporaryDir();
  const options = [...FREE_PORTS, "--advertise", "Dev-Box.test:28883"];
  const program = startCommand(dir.path, ["emulator", "--json", ...options]);
  await program.printed;
  const info = parseEmulatorFile(program.out.join(""), "stdout");
  expect(info.hubs).toEqual(["dev-box.test"]);
  expect(info.caFile).toBe(`${dir.path}/certs/emulator/dev-box.test/ca.cert.pem`);
  expect(await isTrusted(info, "dev-box.test")).toBe(true);
  expect(await isTrusted(info, info.provisioningHost)).toBe(true);
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
});

test("what is advertised is told to people, with no hosts-file lines", async () => {
  await using dir = temporaryDir();
  const options = [...FREE_PORTS, "--advertise", "127.0.0.1:28883"];
  const program = startCommand(dir.path, ["emulator", ...options]);
  await program.printed;
  const text = program.out.join("");
  expect(text).toContain("hub is 127.0.0.1:28883");
  expect(text).toContain("export PROVISIONING_HOST=127.0.0.1:28883");
  expect(text).not.toContain("hosts file:");
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
});

test.for([
  [["--advertise", "box.test", "--hub", "a-hub.azure-devices.net"], "leave out --hub"],
  [["--advertise", "box.test:0"], "HOST:PORT"],
  [["--advertise", "a b"], "HOST:PORT"],
] as const)("%j is refused", async ([flags, told]) => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", ...FREE_PORTS, ...flags]);
  expect(await program.ended).toBe(2);
  expect(program.err.join("")).toContain("--advertise");
  expect(program.err.join("")).toContain(told);
  expect(existsSync(`${dir.path}/certs`)).toBe(false);
});

test("--tier, --units and --dps-limit throttle, and are told", async () => {
  await using dir = temporaryDir();
  const tier = ["--tier", "S2", "--units", "3", "--dps-limit", "200/m"];
  const file = join(dir.path, "emulator.json");
  const flags = [...FREE_PORTS, ...tier, "--write", file];
  const program = startCommand(dir.path, ["emulator", ...flags]);
  await program.printed;
  expect(program.out.join("")).toContain("Throttled       tier S2, 3 units, DPS limit 200/m");
  const info = parseEmulatorFile(readFileSync(file, "utf8"), file);
  const asking = request(`${info.adminUrl}/throttling`, {
    ca: readFileSync(info.caFile, "utf8"),
    headers: { authorization: `Bearer ${info.adminToken}` },
  }).end();
  const [answer] = await once(asking, "response");
  expect(await json(answer)).toMatchObject({
    hubs: { [HUB]: { tier: "S2", units: 3, throttles: { connectionsPerS: { perS: 360 } } } },
    dps: { registrationsPerMinute: 200 },
  });
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
});

test.for([
  [["--tier", "S9"], "--tier: expected one of none, F1, B1"],
  [["--units", "2"], "--units: expected a tier such as S1 with units, got tier none"],
  [["--tier", "F1", "--units", "2"], "--units: expected 1 unit of F1, got 2"],
  [["--tier", "S3", "--units", "11"], "--units: expected 1 to 10 units of S3, got 11"],
  [["--dps-limit", "1000"], "--dps-limit: expected a rate from 1/m to 1000000/m such as 1000/m"],
  [["--dps-limit", "1/h"], "--dps-limit: expected a rate"],
] as const)("%j is refused with its flag", async ([flags, told]) => {
  await using dir = temporaryDir();
  const program = startCommand(dir.path, ["emulator", ...FREE_PORTS, ...flags]);
  expect(await program.ended).toBe(2);
  expect(program.err.join("")).toContain(told);
  expect(existsSync(`${dir.path}/certs`)).toBe(false);
});

test("every wrong option is told, with exit code 2", async () => {
  await using dir = temporaryDir();
  const wrong = ["--mqtt-port", "99999", "--hub", "hub.example.com", "--host", "my.host"];
  const program = startCommand(dir.path, ["emulator", ...wrong]);
  expect(await program.ended).toBe(2);
  for (const place of ["--mqtt-port", "--hub", "--host"])
    expect(program.err.join("")).toContain(place);
});
