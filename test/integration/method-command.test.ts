import { afterAll, beforeAll, expect, test } from "vitest";

import type { HubCommandsWorld } from "./hub-commands-world.ts";
import { hubCommandsWorld } from "./hub-commands-world.ts";

let world: HubCommandsWorld;
/** A call that a device leaves unanswered, in the shortest time that hubs take; the other tests run meanwhile. */
let silent: ReturnType<HubCommandsWorld["run"]>;
beforeAll(async () => {
  world = await hubCommandsWorld();
  await world.connect("caller", {
    methods: {
      echo: ({ payload }, response) => response.send(200, { got: payload }, () => {}),
      fail: (_request, response) => response.send(418, "I am a teapot", () => {}),
      silent: () => {},
    },
  });
  await world.create("offline");
  silent = invoke("caller", "silent", "--timeout", "5s");
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const invoke = (...words: readonly string[]) => world.run("method", "invoke", ...words);

test("status and payload of one device are shown, and 2xx ends 0", async () => {
  expect(await invoke("caller", "echo", "--payload", '{"a":[1]}')).toEqual({
    exitCode: 0,
    stdout: 'status 200\n{\n  "got": {\n    "a": [\n      1\n    ]\n  }\n}\n',
    stderr: "",
  });
  world.file("payload.json", '"from a file"');
  const { stdout } = await invoke("caller", "echo", "--payload", "@payload.json", "--json");
  expect(JSON.parse(stdout)).toEqual({
    deviceId: "caller",
    hub: "cheesecave-hub.azure-devices.net",
    status: 200,
    payload: { got: "from a file" },
  });
});

test("a device's own error is shown and ends 3", async () => {
  expect(await invoke("caller", "fail")).toEqual({
    exitCode: 3,
    stdout: 'status 418\n"I am a teapot"\n',
    stderr: expect.stringContaining("caller answered with status 418"),
  });
});

test("unknown, offline and silent devices are told apart", async () => {
  expect(await invoke("nobody", "echo")).toMatchObject({
    exitCode: 3,
    stdout: "",
    stderr: expect.stringContaining("answered 404 DeviceNotFound"),
  });
  expect(await invoke("offline", "echo")).toMatchObject({
    exitCode: 3,
    stdout: "",
    stderr: expect.stringMatching(/offline at \S+: the device is offline[^]*hint: it is not/),
  });
});

test("of several devices there is a table, and the causes of those that failed", async () => {
  expect(await invoke("caller", "offline", "nobody", "echo")).toEqual({
    exitCode: 3,
    stdout: 'DEVICE  STATUS  PAYLOAD\ncaller  200     {"got":null}\n',
    stderr: expect.stringMatching(
      /2 of 3 devices could not be invoked[^]*404 DeviceNotOnline: 1 device: offline\n +it is not connected[^]*404 DeviceNotFound: 1 device: nobody/,
    ),
  });
  const query = "SELECT * FROM devices WHERE connectionState = 'Connected'";
  expect(await invoke("fail", "--query", query)).toMatchObject({
    exitCode: 3,
    stdout: 'DEVICE  STATUS  PAYLOAD\ncaller  418     "I am a teapot"\n',
  });
});

test.for<readonly [string, readonly string[], RegExp]>([
  ["a method without a device", ["echo"], /ID: expected device ids/],
  ["no word at all", [], /expected 1 further word|Not enough/],
  ["a name that cannot be", ["caller", "a b"], /METHOD: expected the name of a method/],
  ["a wait that is too short", ["caller", "echo", "--timeout", "1s"], /--timeout: expected 5s to/],
  ["a wait in parts", ["caller", "echo", "--timeout", "5500ms"], /--timeout: expected 5s to 300s/],
  ["no JSON", ["caller", "echo", "--payload", "on"], /--payload: expected JSON/],
])("%s ends with 2 and is told at its place", async ([, words, said]) => {
  expect(await invoke(...words)).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(said),
  });
});

test("a device that does not answer in time is told as that, with what to do", async () => {
  expect(await silent).toMatchObject({
    exitCode: 3,
    stdout: "",
    stderr: expect.stringMatching(
      /the device did not answer in 5 s \(504 GatewayTimeout\)[^]*hint: it may know no such method/,
    ),
  });
});
