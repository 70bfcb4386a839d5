import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir } from "../support/pki.ts";
import { connectedDevice, sendEvent } from "./emulator-events.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";

/** Runs `events` in a folder with what `emulator --json` would have written; `more` replaces members of it. */
async function events(
  { emulator, pki }: TestEmulator,
  args: readonly string[],
  more: Partial<EmulatorInfo> = {},
  signal?: "SIGINT",
): Promise<CliEnd> {
  using dir = temporaryDir();
  const caFile = join(dir.path, "ca.pem");
  await writeFile(caFile, pki.root.certificatePem);
  const info: EmulatorInfo = { ...emulatorInfo(emulator, caFile), ...more };
  await writeFile(join(dir.path, "emulator.json"), JSON.stringify(info));
  return await runHere(dir.path, ["events", "--emulator", "emulator.json", ...args], {}, signal);
}

test("messages are lines for people, or JSON as it was received", async () => {
  await using world = await emulatorForTest({ hubs: [HUB, HUB_2] });
  await using one = await connectedDevice(world, "e-1", 0);
  await using two = await connectedDevice(world, "e-22", 1);
  await sendEvent(one, "e-1", '{"n":1}', "seq=1&note=two%20words");
  await sendEvent(two, "e-22", Buffer.from([0xff, 0]));
  await sendEvent(one, "e-1", "red \u001b[31m");

  const all = await events(world, []);
  expect(all).toMatchObject({ exitCode: 0, stderr: "" });
  const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
  const [first, second, third, end] = all.stdout.split("\n");
  expect(first).toMatch(
    new RegExp(`^${time}  e-1@cheesecave-hub  \\d/0  seq=1  note="two words"  {"n":1}$`),
  );
  expect(second).toMatch(new RegExp(`^${time}  e-22@second-hub +\\d/0  base64:/wA=$`));
  expect(third).toMatch(/\d\/1 {2}red \\u001b\[31m$/);
  expect(end).toBe("");

  const ofOne = await events(world, ["e-1", "--json"]);
  const lines = ofOne.stdout.trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { deviceId: "e-1", body: '{"n":1}', annotations: { "x-opt-offset": "0" } },
    { deviceId: "e-1", properties: {}, sequenceNumber: 1 },
  ]);
  const many = Array.from({ length: 60 }, (_, n) => `nobody-${n}`);
  expect((await events(world, ["e-1", ...many, "--json"])).stdout).toBe(ofOne.stdout);

  expect((await events(world, ["--from", "latest"])).stderr).toBe("there are no messages\n");
  expect((await events(world, ["--from", "2999-01-01"])).stdout).toBe("");
  expect((await events(world, ["--from", "2020-01-01T00:00:00+02:00"])).stdout).toBe(all.stdout);
});

test("a refusal ends 3 with the emulator's words", async () => {
  await using world = await emulatorForTest();
  const group = await events(world, ["--consumer-group", "mine"]);
  expect(group).toMatchObject({ exitCode: 3, stdout: "" });
  expect(group.stderr).toContain("There is no consumer group mine; there is $Default.");
  const endpoint = await events(world, ["--endpoint", "archive"]);
  expect(endpoint).toMatchObject({ exitCode: 3, stdout: "" });
  expect(endpoint.stderr).toContain("There is no endpoint archive; there is events.");
  const token = await events(world, [], { adminToken: "wrong" });
  expect(token).toMatchObject({ exitCode: 3, stdout: "" });
  expect(token.stderr).toContain("emulator's last start");
  expect(token.stderr).not.toContain("wrong");
});

test("an emulator that is gone ends 3 with what to do", async () => {
  const world = await emulatorForTest();
  await world.emulator.stop();
  const { exitCode, stderr } = await events(world, ["--follow"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("start the emulator");
});

/** Runs `events` against a server that gives `text` and says that it is `announced` bytes long. */
async function eventsFrom(text: string, announced: number, args: readonly string[] = []) {
  await using world = await emulatorForTest();
  const { chainPem: cert, privateKeyPem: key } = await world.pki.server(["localhost"]);
  const server = createServer({ cert, key }, (_request, response) => {
    response.writeHead(200, { "content-length": announced });
    response.write(text, () => response.socket?.destroySoon());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    return await events(world, args, { eventsUrl: `https://localhost:${port}/emulator/events` });
  } finally {
    server.close();
  }
}

test("what was lost is told: on stderr to people, as a line to programs", async () => {
  const line = '{"lost":3}\n';
  expect(await eventsFrom(line, line.length)).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "3 messages are lost: they are not kept any more\n",
  });
  expect(await eventsFrom(line, line.length, ["--json"])).toMatchObject({
    stdout: line,
    stderr: "",
  });
});

test.each([
  ["that breaks off", '{"lost":1}\n{"lo', "broke off"],
  ["of other lines", "hello\n", "another version"],
])("an answer %s ends 3", async (_name, text, words) => {
  const { exitCode, stderr } = await eventsFrom(text, 100);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(words);
});

test("Ctrl-C ends 130, and 0 for who follows", async () => {
  await using world = await emulatorForTest();
  expect(await events(world, [], {}, "SIGINT")).toMatchObject({ exitCode: 130, stdout: "" });
  const follower = await events(world, ["--follow"], {}, "SIGINT");
  expect(follower).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("without an emulator nothing is read, and for Azure the line is told that does", async () => {
  using dir = temporaryDir();
  const none = await runHere(dir.path, ["events"]);
  expect(none).toMatchObject({ exitCode: 2, stdout: "" });
  expect(none.stderr).toContain("--emulator emulator.json");

  const secret =
    "HostName=my-hub.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=c2VjcmV0";
  const args = ["events", "it's", "--from", "2026-01-31T12:00:00Z", "--consumer-group", "mine"];
  const azure = await runHere(dir.path, args, { IOTHUB_CONNECTION_STRING: secret });
  expect(azure).toMatchObject({ exitCode: 2, stdout: "" });
  expect(azure.stderr).toContain(
    String.raw`az iot hub monitor-events --hub-name my-hub --device-id 'it'\''s' --consumer-group mine --enqueued-time 1769860800000`,
  );
  await writeFile(join(dir.path, "hub.txt"), `${secret}\n`);
  const file = await runHere(dir.path, ["events", "--hub-connection-string-file", "hub.txt"]);
  expect(file.exitCode).toBe(2);
  expect(file.stderr).toContain("--hub-name my-hub");
  const missing = await runHere(dir.path, ["events", "--hub-connection-string-file", "no.txt"]);
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain("there is no such file");
  for (const end of [azure, file]) expect(end.stderr).not.toContain("c2VjcmV0");
});
