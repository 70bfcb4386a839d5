import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import type { Follow, HubCommandsWorld } from "./hub-commands-world.ts";
import { hubCommandsWorld } from "./hub-commands-world.ts";

const HUBS = ["one.azure-devices.net", "two.azure-devices.net"];
let world: HubCommandsWorld;
beforeAll(async () => {
  world = await hubCommandsWorld({ hubs: HUBS });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const flat: Follow = (patch) => patch;
const acknowledging =
  (ac: number, ad = ""): Follow =>
  (patch, av) =>
    Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, { value, ac, av, ad }]));

const json = (text: string): unknown => JSON.parse(text);
const jsonLines = (text: string): readonly unknown[] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : [json(line)]));

const verified = z.object({
  verdict: z.string(),
  devices: z.record(z.string(), z.number().nullable()),
  ms: z.object({ count: z.number(), min: z.number().nullable(), max: z.number().nullable() }),
  reported: z.array(z.object({ deviceId: z.string(), version: z.number(), ms: z.number() })),
  stragglers: z.array(
    z.object({
      deviceId: z.string(),
      state: z.string(),
      connectionState: z.string(),
      properties: z.array(z.looseObject({ path: z.string(), state: z.string() })),
    }),
  ),
  failed: z.array(z.object({ deviceId: z.string() })),
  others: z.array(z.object({ deviceId: z.string(), hub: z.string() })).nullable(),
});

test("a twin is read at whichever hub it is, whole as the service gives it", async () => {
  await world.create("read-1", 1);
  expect(await world.run("twin", "get", "read-1")).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^read-1 at two\.azure-devices\.net\n {2}status +enabled\n/),
    stderr: "",
  });
  const { stdout } = await world.run("twin", "get", "read-1", "--json");
  expect(json(stdout)).toMatchObject({
    deviceId: "read-1",
    properties: { desired: { $version: 1 }, reported: { $version: 1 } },
  });
  expect(stdout).not.toContain("_registry");
});

test("the log tells how fast a hub is called", async () => {
  await world.create("log-1");
  const words = ["log-1", "--hub", "one", "--tier", "S1", "--log-level", "debug"];
  const { stderr } = await world.run("twin", "get", ...words);
  expect(jsonLines(stderr)).toMatchObject([{ hub: HUBS[0], perS: { twinReads: 80 } }]);
});

test("twins are patched: objects merge, null removes, and new versions are shown", async () => {
  await world.create("set-1");
  await world.create("set-2", 1);
  const ids = ["set-1", "set-2"];
  const first = ["--desired", '{"a":{"b":1,"c":2},"d":[1]}', "--tags", '{"site":"A"}'];
  expect(await world.run("twin", "set", ...ids, ...first)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^DEVICE +HUB +VERSION +DESIRED +ETAG\nset-1 +one +2 +2 +\S+\nset-2 +two +2 +2 +\S+\n$/,
    ),
    stderr: "",
  });
  world.file("desired.json", '{"a":{"b":null}}');
  const second = await world.run("twin", "set", ...ids, "--desired", "@desired.json", "--json");
  expect(jsonLines(second.stdout)).toMatchObject([
    { deviceId: "set-1", hub: HUBS[0], desiredVersion: 3 },
    { deviceId: "set-2", hub: HUBS[1], desiredVersion: 3 },
  ]);
  expect(json((await world.run("twin", "get", "set-1", "--json")).stdout)).toMatchObject({
    tags: { site: "A" },
    properties: { desired: { a: { c: 2 }, d: [1], $version: 3 } },
  });
});

test("with --replace what is not given goes, and a section that is not given stays", async () => {
  await world.create("replace-1");
  const set = (...more: readonly string[]) => world.run("twin", "set", "replace-1", ...more);
  await set("--desired", '{"a":{"b":1,"c":2},"d":1}', "--tags", '{"site":"A"}');
  expect(await set("--desired", '{"a":{"c":3}}', "--replace")).toMatchObject({ exitCode: 0 });
  const { stdout } = await world.run("twin", "get", "replace-1", "--json");
  const { properties, tags } = z
    .object({ tags: z.unknown(), properties: z.object({ desired: z.looseObject({}) }) })
    .parse(json(stdout));
  expect(tags).toEqual({ site: "A" });
  expect(properties.desired).toEqual({ a: { c: 3 }, $metadata: expect.anything(), $version: 3 });
});

test("an etag that is not the twin's any more ends with 3, and nothing is written", async () => {
  await world.create("etag-1");
  const set = (etag: string, ...more: readonly string[]) =>
    world.run("twin", "set", "etag-1", "--desired", '{"a":1}', "--if-match", etag, ...more);
  const { etag } = z
    .object({ etag: z.string() })
    .parse(json((await world.run("twin", "get", "etag-1", "--json")).stdout));
  for (const more of [[], ["--replace"]])
    expect(await set("AAAAAAAAAAk=", ...more)).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(/answered 412 [^]*hint: somebody else changed it/),
    });
  expect(await set(`"${etag}"`)).toMatchObject({ exitCode: 0 });
});

test("devices that are there are patched beside one that is not, which is named and ends 3", async () => {
  await world.create("there-1");
  world.file("list.txt", "# some\nthere-1\nnobody-1\nnobody-2 # gone\n");
  const end = await world.run("twin", "set", "--devices-file", "list.txt", "--tags", '{"t":1}');
  expect(end).toEqual({
    exitCode: 3,
    stdout: expect.stringContaining("there-1"),
    stderr: expect.stringMatching(
      /2 of 3 devices could not be patched[^]*none of the hubs[^]*2 devices: nobody-1, nobody-2\n/,
    ),
  });
  const alone = ["there-1", "nobody-1", "--hub", "one", "--tags", '{"t":2}', "--json"];
  const { stdout, stderr } = await world.run("twin", "set", ...alone);
  expect(stderr).toContain("404 DeviceNotFound: 1 device: nobody-1");
  expect(jsonLines(stdout)).toMatchObject([
    { deviceId: "there-1" },
    { deviceId: "nobody-1", error: { code: "REFUSED" } },
  ]);
});

test("a device at two hubs is not guessed at", async () => {
  await world.create("both-1");
  await world.create("both-1", 1);
  expect(await world.run("twin", "get", "both-1")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/both-1: it is at several hubs[^]*--hub HOST/),
  });
  expect(await world.run("twin", "get", "both-1", "--hub", "two")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("both-1 at two."),
  });
});

test("a patch that all report in time is told with its times, and ends 0", async () => {
  await world.connect("v-flat", { follow: flat });
  await world.connect("v-pnp", { follow: acknowledging(200), hub: 1 });
  const words = ["twin", "verify", "v-flat", "v-pnp", "--desired"];
  const end = await world.run(...words, '{"t":7.25,"deep":{"a":"it\'s","b":true}}');
  expect(end).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^2 of 2 devices reported it within 30s\npatch to report, ms by the hub's clock: min \d+ [^]*\nnobody else reports it\n$/,
    ),
    stderr: "",
  });
  const { stdout } = await world.run(...words, '{"t":7.5}', "--json");
  const result = verified.parse(json(stdout));
  expect(result).toMatchObject({
    verdict: "passed",
    devices: { selected: 2, reported: 2, late: 0, missing: 0, failed: 0, others: 0 },
    ms: { count: 2 },
    stragglers: [],
    others: [],
  });
  expect(result.reported.map(({ deviceId, version }) => [deviceId, version])).toEqual([
    ["v-flat", 3],
    ["v-pnp", 3],
  ]);
});

test("stragglers are named with what is known of them, others too, and it ends 99", async () => {
  await world.connect("s-good", { follow: flat });
  await world.connect("s-silent");
  await world.connect("s-wrong", { follow: () => ({ s: 4 }) });
  await world.connect("s-refusing", { follow: acknowledging(400, "too hot") });
  await world.connect("s-busy", { follow: acknowledging(202) });
  await world.create("s-offline");
  const stranger = await world.connect("s-stranger", { hub: 1 });
  const ids = ["s-good", "s-silent", "s-wrong", "s-refusing", "s-busy", "s-offline"];
  // It reports by itself what nobody asked of it, as soon as it hears that the others were patched.
  await world.connect("s-herald", {
    follow: () => {
      stranger.properties.reported["update"]({ s: 5 }, () => {});
      return undefined;
    },
  });
  const words = ["--desired", '{"s":5}', "--timeout", "1s", "--json"];
  const end = await world.run("twin", "verify", ...ids, "s-herald", ...words);
  expect(end).toMatchObject({
    exitCode: 99,
    stderr: expect.stringMatching(
      /6 of 7 devices did not report it within 1s \[THRESHOLD_FAILED\]/,
    ),
  });
  const { verdict, stragglers, reported, others } = verified.parse(json(end.stdout));
  expect(verdict).toBe("failed");
  expect(reported.map(({ deviceId }) => deviceId)).toEqual(["s-good"]);
  expect(others).toMatchObject([{ deviceId: "s-stranger", hub: HUBS[1] }]);
  expect(
    stragglers.map(({ deviceId, connectionState, properties }) => [
      deviceId,
      connectionState,
      properties[0]?.state,
    ]),
  ).toEqual([
    ["s-silent", "Connected", "missing"],
    ["s-wrong", "Connected", "differs"],
    ["s-refusing", "Connected", "refused"],
    ["s-busy", "Connected", "busy"],
    ["s-offline", "Disconnected", "missing"],
    ["s-herald", "Connected", "missing"],
  ]);
  expect(stragglers[2]?.properties).toMatchObject([{ ac: 400, av: 2, ad: "too hot" }]);
});

test("a value that was there before counts only when it is reported again", async () => {
  const twin = await world.connect("before-1");
  await new Promise((resolve) => twin.properties.reported["update"]({ q: 9 }, resolve));
  const words = ["--desired", '{"q":9}', "--timeout", "500ms"];
  expect(await world.run("twin", "verify", "before-1", ...words)).toMatchObject({
    exitCode: 99,
    stdout: expect.stringContaining("q shows 9 as before the patch"),
    stderr: expect.stringContaining("showed these values before the patch"),
  });
});

test("a stop tells what is known up to then, and ends 130", async () => {
  await world.connect("stop-1", {
    follow: () => {
      command.signal("SIGINT");
      return undefined;
    },
  });
  const command = world.start("twin", "verify", "stop-1", "--desired", '{"x":1}');
  expect(await command.ended).toBe(130);
  expect(command.out.join("")).toMatch(/^0 of 1 device reported it[^]*x was never reported\n$/);
  expect(command.err.join("")).toContain("stopped by SIGINT [INTERRUPTED]");
});

test.for<readonly [string, readonly string[], RegExp]>([
  ["no devices", ["set", "--tags", "{}"], /ID: expected device ids, --devices-file or --query/],
  ["two ways", ["set", "a", "--query", "x", "--tags", "{}"], /got several of them/],
  ["nothing to write", ["set", "a"], /--desired: expected --desired, --tags or both/],
  ["an etag of several", ["set", "a", "b", "--tags", "{}", "--if-match", "x"], /--if-match: /],
  ["no JSON", ["set", "a", "--desired", "{a}"], /--desired: expected JSON[^]*hint: quote it/],
  ["a bad key", ["set", "a", "--desired", '{"a.b":1}'], /--desired: expected a twin key/],
  ["no such file", ["set", "a", "--tags", "@no.json"], /no\.json: expected a file with JSON/],
  ["null to wait for", ["verify", "a", "--desired", '{"a":null}'], /got null, which removes/],
  ["nothing to wait for", ["verify", "a", "--desired", "{}"], /at least one property/],
  ["nothing desired", ["verify", "a"], /--desired: expected JSON or @FILE, got nothing/],
  ["no duration", ["verify", "a", "--desired", "{}", "--timeout", "x"], /--timeout: expected a/],
  ["no such hub", ["get", "a", "--hub", "three"], /--hub: expected one of one\.azure/],
  ["units without a tier", ["get", "a", "--units", "2"], /--units: expected a tier/],
  ["a list of nobody", ["set", "--devices-file", "none.txt", "--tags", "{}"], /none\.txt/],
])("%s ends with 2 and is told at its place", async ([, words, said]) => {
  const end = await world.run("twin", ...words);
  expect(end).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(said) });
});

const setByQuery = (query: string) => world.run("twin", "set", "--query", query, "--tags", "{}");

test("a query of another language, or of nobody, ends 3 in the service's words", async () => {
  expect(await setByQuery("SELEC *")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/answered 400 ArgumentInvalid: query: [^]*SELECT/),
  });
  expect(await setByQuery("SELECT * FROM devices WHERE deviceId = 'nobody'")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("the query gives no device"),
  });
});

test("a basic tier has no twins, and a device's connection string is not a hub's", async () => {
  expect(await world.run("twin", "get", "read-1", "--hub", "two", "--tier", "B1")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("its tier has no device twins"),
  });
  const device = "HostName=one.azure-devices.net;DeviceId=d;SharedAccessKey=c2VjcmV0";
  const end = await world.runWith(["twin", "get", "d"], { IOTHUB_CONNECTION_STRING: device });
  expect(end).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("that of one device") });
  expect(end.stderr).not.toContain("c2VjcmV0");
});
