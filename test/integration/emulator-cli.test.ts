import { once } from "node:events";
import { get } from "node:https";
import { connect } from "node:tls";
import { Readable } from "node:stream";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deferred } from "../../src/base/deferred.ts";
import { runCli } from "../../src/cli/cli.ts";
import type { Host, StopSignal } from "../../src/cli/host.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { temporaryDir } from "../support/pki.ts";

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

function tell<T>(handlers: Set<(value: T) => void>, value: T): void {
  for (const handler of handlers) handler(value);
}

/** A machine of a test's own, whose first line on stdout can be waited for. */
function testHost(cwd: string, argv: readonly string[], forked = false) {
  const out: string[] = [];
  const err: string[] = [];
  const signals = new Set<(signal: StopSignal) => void>();
  const messages = new Set<(message: unknown) => void>();
  const disconnects = new Set<() => void>();
  const printed = deferred<void>();
  const host: Host = {
    argv,
    env: {},
    cwd,
    stdin: Readable.from([]),
    stdout: {
      write: (text) => {
        out.push(text);
        printed.resolve();
        return true;
      },
    },
    stderr: { write: (text) => err.push(text) > 0 },
    now: () => new Date(),
    cores: 1,
    onSignal: (handler) => add(signals, handler),
    parent: forked
      ? {
          send: () => {},
          onMessage: (handler) => add(messages, handler),
          onDisconnect: (handler) => add(disconnects, handler),
        }
      : undefined,
    execPath: "",
    mainFile: "",
    workerFile: "",
    version: "0",
    setExitCode: () => {},
    exitNow: () => {},
  };
  return {
    ended: runCli(host),
    printed: printed.promise,
    out,
    err,
    signal: (signal: StopSignal) => tell(signals, signal),
    message: (message: unknown) => tell(messages, message),
    disconnect: () => tell(disconnects, undefined),
  };
}

const FREE_PORTS = ["--mqtt-port", "0", "--https-port", "0"];

test("--json prints one line that describes the emulator, and SIGINT ends it with 0", async () => {
  await using dir = temporaryDir();
  const program = testHost(dir.path, ["emulator", "--json", ...FREE_PORTS]);
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
  const asking = get(`${info.adminUrl}/health`, { ca });
  const [answer]: { statusCode?: number }[] = await once(asking, "response");
  expect(answer?.statusCode).toBe(200);
  asking.destroy();
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
  expect(program.out).toHaveLength(1);
});

test("without --json it prints what to paste", async () => {
  await using dir = temporaryDir();
  const hubs = ["--hub", "a-hub.azure-devices.net", "--hub", "b-hub.azure-devices.net"];
  const program = testHost(dir.path, ["emulator", ...FREE_PORTS, ...hubs]);
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
  ])
    expect(text).toContain(part);
  program.signal("SIGTERM");
  expect(await program.ended).toBe(0);
});

test("under a run it ignores Ctrl-C, and stops by message", async () => {
  await using dir = temporaryDir();
  const program = testHost(dir.path, ["emulator", "--json", ...FREE_PORTS], true);
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
  const program = testHost(dir.path, ["emulator", "--json", ...FREE_PORTS], true);
  await program.printed;
  program.disconnect();
  expect(await program.ended).toBe(0);
});

test("a port that is taken ends with 3 and names it", async () => {
  await using dir = temporaryDir();
  const first = testHost(dir.path, ["emulator", "--json", ...FREE_PORTS]);
  await first.printed;
  const { mqttPort } = parseEmulatorFile(first.out.join(""), "stdout");
  const ports = ["--mqtt-port", String(mqttPort), "--https-port", "0"];
  const second = testHost(dir.path, ["emulator", ...ports]);
  expect(await second.ended).toBe(3);
  expect(second.err.join("")).toContain(`127.0.0.1:${mqttPort}`);
  first.signal("SIGINT");
  await first.ended;
});

test("every wrong option is told, with exit code 2", async () => {
  await using dir = temporaryDir();
  const wrong = ["--mqtt-port", "99999", "--hub", "hub.example.com", "--host", "my.host"];
  const program = testHost(dir.path, ["emulator", ...wrong]);
  expect(await program.ended).toBe(2);
  for (const place of ["--mqtt-port", "--hub", "--host"])
    expect(program.err.join("")).toContain(place);
});
