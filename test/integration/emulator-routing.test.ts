import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  adminGet,
  connectedDevice,
  linesOf,
  readAllEvents,
  sendEvent,
  textOf,
} from "./emulator-events.ts";
import { HUB_RESOURCE, manage } from "./emulator-management.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator, WireClient } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const FALLBACK = { source: "DeviceMessages", endpointNames: ["events"], isEnabled: true };
const ALERTS = { eventHubs: [{ name: "alerts" }] };
const DEVICE = "route-1";

const route = (condition: string, more: object = {}): object => ({
  name: "a",
  source: "DeviceMessages",
  condition,
  endpointNames: ["alerts"],
  isEnabled: true,
  ...more,
});

let world: TestEmulator;
let device: WireClient;
beforeAll(async () => {
  world = await emulatorForTest();
  device = await connectedDevice(world, DEVICE);
});
afterAll(async () => {
  await device[Symbol.asyncDispose]();
  await world.emulator.stop();
});
// A hub without routing has that of a new one, and no messages in endpoints of its own.
beforeEach(() => put(undefined));

async function put(routing: unknown): Promise<{ status: number | undefined; text: string }> {
  const { status, body } = await manage(world, "PUT", HUB_RESOURCE, {
    body: { location: "local", properties: { routing } },
  });
  return { status, text: JSON.stringify(body) };
}

/** What an endpoint has that begins with `mark`. */
async function bodiesAt(endpoint: string, mark: string): Promise<readonly unknown[]> {
  const events = await readAllEvents(world, `/events?endpoint=${endpoint}`);
  return events.map(({ body }) => body).filter((body) => String(body).startsWith(mark));
}

async function countsOf(): Promise<Record<string, number>> {
  const { text } = await textOf(await adminGet(world, "/routing"));
  return JSON.parse(text)[HUB];
}

test("without a fallback route a message that no route takes is dropped and counted, and the ledger has it", async () => {
  await put({ endpoints: ALERTS, routes: [route("level = 'high'")] });
  const before = await countsOf();
  await sendEvent(device, DEVICE, "dropped", "level=low");
  await sendEvent(device, DEVICE, "taken", "level=high");
  expect(await bodiesAt("events", "dropped")).toEqual([]);
  expect(await bodiesAt("alerts", "")).toEqual(["taken"]);
  expect(await countsOf()).toEqual({
    ...before,
    success: (before["success"] ?? 0) + 1,
    orphaned: (before["orphaned"] ?? 0) + 1,
  });
  const ledger = await readAllEvents(world, "/events?select=ledger");
  expect(ledger.map(({ sequence }) => sequence)).toEqual([...ledger.keys()].map((n) => n + 1));
  expect(ledger).toHaveLength(2);
});

test("what goes to a storage container is read like what goes to an event hub, and counted as storage", async () => {
  const containers = [{ name: "log", containerName: "vibrationcontainer", encoding: "json" }];
  const endpoints = { ...ALERTS, storageContainers: containers };
  const twice = { ...endpoints, storageContainers: [{ name: "Alerts", containerName: "c" }] };
  expect((await put({ endpoints: twice })).text).toContain(
    "storageContainers.0.name: is there twice",
  );
  const { text } = await put({
    endpoints,
    routes: [route("level = 'high'", { endpointNames: ["log"] })],
  });
  expect(text).toContain('"containerName":"vibrationcontainer"');
  await sendEvent(device, DEVICE, "stored", "level=high");
  expect(await bodiesAt("log", "")).toEqual(["stored"]);
  expect(await bodiesAt("alerts", "")).toEqual([]);
  const metrics = world.emulator.metrics().hubs[HUB];
  expect(metrics?.["d2c.endpoints.egress.storage"].total).toBe(1);
  expect(metrics?.["d2c.endpoints.egress.storage.bytes"].total).toBe("stored".length);
});

test("messages of the fallback route are counted", async () => {
  const before = await countsOf();
  await sendEvent(device, DEVICE, "fallen");
  expect(await bodiesAt("events", "fallen")).toEqual(["fallen"]);
  expect(await countsOf()).toMatchObject({ fallback: (before["fallback"] ?? 0) + 1 });
});

test("the counts need the admin token", async () => {
  const answer = await adminGet(world, "/routing", { authorization: "Bearer wrong" });
  expect((await textOf(answer)).status).toBe(401);
});

test("a fallback route may be turned off, have a condition, and name another endpoint", async () => {
  await put({ fallbackRoute: { ...FALLBACK, isEnabled: false } });
  await sendEvent(device, DEVICE, "off");
  await put({
    endpoints: ALERTS,
    fallbackRoute: { ...FALLBACK, endpointNames: ["alerts"], condition: "level = 'high'" },
  });
  await sendEvent(device, DEVICE, "fell high", "level=high");
  await sendEvent(device, DEVICE, "fell low", "level=low");
  expect(await bodiesAt("events", "off")).toEqual([]);
  expect(await bodiesAt("alerts", "fell")).toEqual(["fell high"]);
  expect(await bodiesAt("events", "fell")).toEqual([]);
});

test("a route without a condition takes every message", async () => {
  await put({ endpoints: ALERTS, routes: [route("", { condition: null })] });
  await sendEvent(device, DEVICE, "every");
  expect(await bodiesAt("alerts", "every")).toEqual(["every"]);
});

test.for<readonly [string, string, string | Buffer]>([
  [
    "what the hub says of it",
    `$connectionDeviceId = '${DEVICE}' AND $messageSource = 'Telemetry'`,
    "m",
  ],
  ["its message id", "$messageId = 'm 1'", "m"],
  ["its device's twin", "$twin.tags.site = 'A' AND $twin.properties.desired.mode = 'x'", "m"],
  ["a name with hyphens", "$dt-subject = 'door' AND [[my-name]] = 'b&c'", "m"],
  ["a UTF-16 body", "$body.t > 1", Buffer.from('{"t":2}', "utf16le")],
])("a message is routed by %s", async ([, condition, body]) => {
  using clients = serviceClients(world);
  const twin = { tags: { site: "A" }, properties: { desired: { mode: "x" } } };
  await clients.registry.updateTwin(DEVICE, twin, "*");
  await put({ endpoints: ALERTS, routes: [route(condition)] });
  const bag = "%24.mid=m%201&$.sub=door&$.ct=application%2Fjson&$.ce=utf-16&my-name=b%26c";
  await sendEvent(device, DEVICE, body, bag);
  expect(await bodiesAt("alerts", "")).toHaveLength(1);
});

test("an endpoint keeps its messages while routing changes, and its readers end when it goes", async () => {
  await put({ endpoints: ALERTS, routes: [route("true")] });
  await sendEvent(device, DEVICE, "kept");
  await put({ endpoints: { eventHubs: [{ name: "more" }, { name: "alerts" }] } });
  expect(await bodiesAt("alerts", "")).toEqual(["kept"]);
  const following = await adminGet(world, "/events?endpoint=alerts&follow=true");
  const lines = linesOf(following);
  expect((await lines.next()).value).toMatchObject({ body: "kept" });
  await put(undefined);
  expect((await lines.next()).done).toBe(true);
  expect((await textOf(await adminGet(world, "/events?endpoint=alerts"))).status).toBe(404);
  await put({ endpoints: ALERTS });
  expect(await bodiesAt("alerts", "")).toEqual([]);
});

test.for<readonly [string, object]>([
  ["a Service Bus queue", { endpoints: { serviceBusQueues: [{ name: "q" }] } }],
  ["a Service Bus topic", { endpoints: { serviceBusTopics: [{ name: "t" }] } }],
  ["a Cosmos DB container", { endpoints: { cosmosDBSqlContainers: [{ name: "c" }] } }],
  ["an enrichment", { enrichments: [{ key: "k", value: "v", endpointNames: ["events"] }] }],
  ["twin changes", { routes: [route("true", { source: "TwinChangeEvents" })] }],
  ["lifecycle events", { routes: [route("true", { source: "DeviceLifecycleEvents" })] }],
])("%s in routing is known in Azure and not here: 501", async ([, routing]) => {
  expect((await put(routing)).status).toBe(501);
});

test("every problem of routing is told at once, with its place", async () => {
  const { status, text } = await put({
    endpoints: { eventHubs: [{ name: "a" }, { name: "A" }] },
    routes: [
      route("level = "),
      route("$nothing = 1", { name: "b", endpointNames: ["nowhere"] }),
      route("(".repeat(1000), { name: "A" }),
    ],
  });
  expect(status).toBe(400);
  for (const problem of [
    "properties.routing.endpoints.eventHubs.1.name: is there twice",
    "properties.routing.routes.0.endpointNames: there is no endpoint",
    "properties.routing.routes.0.condition: at character 9: expected a name or a value",
    "properties.routing.routes.1.condition: at character 1: a message has no $nothing",
    "properties.routing.routes.2.condition: at character 66: nested more than 64 deep",
    "properties.routing.routes.2.name: is there twice",
  ])
    expect(text).toContain(problem);
});

test.for<readonly [string, unknown]>([
  ["no object", "routing"],
  ["an unknown member", { rules: [] }],
  ["an unknown source", { routes: [route("true", { source: "Invalid" })] }],
  ["an unknown member of a route", { routes: [route("true", { filter: "x" })] }],
  ["a condition that is a number", { routes: [route("true", { condition: 1 })] }],
  ["an endpoint without a name", { endpoints: { eventHubs: [{}] } }],
  ["a container without its name", { endpoints: { storageContainers: [{ name: "a" }] } }],
  [
    "a container whose file names lack a token",
    {
      endpoints: {
        storageContainers: [{ name: "a", containerName: "c", fileNameFormat: "{iothub}" }],
      },
    },
  ],
  [
    "a condition too long",
    { routes: [route(`a = '${"x".repeat(70_000)}'`, { endpointNames: ["events"] })] },
  ],
])("%s as routing is refused with 400", async ([, routing]) => {
  expect((await put(routing)).status).toBe(400);
});
