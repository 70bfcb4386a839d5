import type { RoutingProperties } from "@azure/arm-iothub";
import iotDevice from "azure-iot-device";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Entries } from "./support/entries.ts";
import { HAS_EVENT_STREAM, readEvents } from "./support/events.ts";
import type { HubDevice } from "./support/hub-device.ts";
import { hubDevice } from "./support/hub-device.ts";
import type { HubRouting } from "./support/routing.ts";
import { FALLBACK, eventHub, hubRouting, route } from "./support/routing.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, OWNS_INSTANCE, conformanceTarget } from "./support/target.ts";
import { thumbprintOf } from "./support/twins.ts";

const { Message } = iotDevice;

let target: Target;
let routing: HubRouting;
let my: Entries;
let device: HubDevice;
/** Endpoints of this file only. */
let one: string;
let two: string;
beforeAll(async () => {
  target = await conformanceTarget();
  if (!HAS_MANAGEMENT) return;
  routing = hubRouting(target);
  my = target.entries();
  one = my.name("one");
  two = my.name("two");
  const id = my.name("routed");
  const keys = await target.pki.leaf(id);
  await my.identity(id, thumbprintOf(keys));
  device = await hubDevice(target, id, keys);
});
afterEach(async () => {
  if (HAS_MANAGEMENT) await routing.replace(undefined);
});
afterAll(async () => {
  if (HAS_MANAGEMENT) {
    await device[Symbol.asyncDispose]();
    await my[Symbol.asyncDispose]();
  }
  await target[Symbol.asyncDispose]();
});

/** Two endpoints and these routes, which take messages of this file's device only: the hub is others' too. */
async function route12(
  ...routes: readonly (readonly [condition: string, endpoint: string, isEnabled?: boolean])[]
): Promise<void> {
  const own = `$connectionDeviceId = '${device.deviceId}'`;
  const sent: RoutingProperties = {
    endpoints: { eventHubs: [eventHub(one), eventHub(two)] },
    routes: routes.map(([condition, endpoint, isEnabled], n) =>
      route(`route-${n}`, `${own} AND (${condition})`, endpoint, isEnabled),
    ),
    fallbackRoute: FALLBACK,
  };
  await routing.replace(sent);
}

/** Sends a message with these application properties, whose body is `text`. */
async function send(text: string, properties: Readonly<Record<string, string>>): Promise<void> {
  const message = new Message(text);
  for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
  await device.client.sendEvent(message);
}

const hot = (mark: string): iotDevice.Message =>
  new Message(Buffer.from(`{"mark":"${mark}","temperature":31.5}`));

/** The bodies of the device's messages that an endpoint has, from `since` on. */
async function bodiesAt(endpoint: string, since: string): Promise<readonly (string | undefined)[]> {
  const events = await readEvents(target, { endpoint, device: device.deviceId });
  const bodies = events.map(({ body }) => body);
  return bodies.filter((body) => body?.startsWith(since) === true);
}

describe.skipIf(!HAS_EVENT_STREAM)(
  "Use IoT Hub message routing to send device-to-cloud messages to Azure services (Microsoft Learn)",
  () => {
    test("a message that meets a route's condition goes to its endpoint and not to the built-in one", async () => {
      await route12(["sensorID = 'VSLog'", one]);
      await send("A1", { sensorID: "VSLog" });
      expect(await bodiesAt(one, "A")).toEqual(["A1"]);
      expect(await bodiesAt("events", "A")).toEqual([]);
    });

    test("a message that meets no route goes to the built-in endpoint by the fallback route", async () => {
      await route12(["sensorID = 'VSLog'", one]);
      await send("B1", { sensorID: "VSTel" });
      expect(await bodiesAt("events", "B")).toEqual(["B1"]);
      expect(await bodiesAt(one, "B")).toEqual([]);
    });

    // Where a live hub is shared, other files' messages meet no route either.
    test.skipIf(!OWNS_INSTANCE)(
      "a message that meets no route is dropped where the fallback route is off",
      async () => {
        await routing.replace({
          endpoints: { eventHubs: [eventHub(one)] },
          routes: [route("route-0", "sensorID = 'VSLog'", one)],
          fallbackRoute: { ...FALLBACK, isEnabled: false },
        });
        await send("G1", { sensorID: "VSTel" });
        await send("G2", { sensorID: "VSLog" });
        expect(await bodiesAt(one, "G")).toEqual(["G2"]);
        expect(await bodiesAt("events", "G")).toEqual([]);
      },
    );

    test("a message that meets several routes goes to all their endpoints, and to each once", async () => {
      await route12(["level = 'high'", one], ["is_defined(level)", one], ["level != 'low'", two]);
      await send("C1", { level: "high" });
      await send("C2", { level: "low" });
      expect(await bodiesAt(one, "C")).toEqual(["C1", "C2"]);
      expect(await bodiesAt(two, "C")).toEqual(["C1"]);
    });

    test("a route may name the built-in endpoint beside another", async () => {
      await route12(["level = 'high'", one], ["level = 'high'", "events"]);
      await send("D1", { level: "high" });
      expect(await bodiesAt(one, "D")).toEqual(["D1"]);
      expect(await bodiesAt("events", "D")).toEqual(["D1"]);
    });

    test("a route that is not enabled takes nothing", async () => {
      await route12(["level = 'high'", one, false]);
      await send("E1", { level: "high" });
      expect(await bodiesAt(one, "E")).toEqual([]);
      expect(await bodiesAt("events", "E")).toEqual(["E1"]);
    });

    test("a condition on the body is met where content type and encoding say that it is JSON", async () => {
      await route12(["$body.temperature > 30", one]);
      const typed = hot("typed");
      typed.contentType = "application/json";
      typed.contentEncoding = "utf-8";
      await device.client.sendEvent(typed);
      await device.client.sendEvent(hot("plain"));
      expect(await bodiesAt(one, '{"mark')).toEqual(['{"mark":"typed","temperature":31.5}']);
      expect(await bodiesAt("events", '{"mark')).toEqual(['{"mark":"plain","temperature":31.5}']);
    });
  },
);

describe.skipIf(!HAS_MANAGEMENT)("IoT hub routing (Microsoft's REST reference)", () => {
  test("a new hub sends all messages to the built-in endpoint by its fallback route", async () => {
    const { properties } = await routing.read();
    expect(properties?.routing).toMatchObject({ routes: [], fallbackRoute: FALLBACK });
  });

  test("routing is read as it was written, without the keys of its endpoints", async () => {
    await route12(["sensorID = 'VSLog'", one]);
    const { properties } = await routing.read();
    expect(properties?.routing).toMatchObject({
      endpoints: { eventHubs: [{ name: one }, { name: two }] },
      routes: [
        { name: "route-0", source: "DeviceMessages", endpointNames: [one], isEnabled: true },
      ],
      fallbackRoute: FALLBACK,
    });
    expect(JSON.stringify(properties)).not.toContain("c2VjcmV0");
  });

  test("a stale ETag is refused", async () => {
    const [name = ""] = target.hub.split(".");
    const hub = await routing.read();
    await routing.replace({ fallbackRoute: FALLBACK });
    const { iotHubResource } = target.management?.hubs ?? {};
    await expect(
      iotHubResource?.beginCreateOrUpdateAndWait("conformance", name, hub, {
        ifMatch: hub.etag ?? "",
      }),
    ).rejects.toMatchObject({ statusCode: 412 });
  });

  test.for<readonly [string, RoutingProperties, string]>([
    [
      "an endpoint with a reserved name",
      { endpoints: { eventHubs: [eventHub("events")] } },
      "eventHubs.0.name",
    ],
    [
      "an endpoint whose name has other characters",
      { endpoints: { eventHubs: [eventHub("a b")] } },
      "eventHubs.0.name",
    ],
    [
      "two endpoints of one name",
      { endpoints: { eventHubs: [eventHub("a"), eventHub("A")] } },
      "eventHubs.1.name",
    ],
    [
      "two routes of one name",
      { routes: [route("a", "true", "events"), route("a", "true", "events")] },
      "routes.1.name",
    ],
    [
      "a route to two endpoints",
      { routes: [{ ...route("a", "true", "events"), endpointNames: ["events", "events"] }] },
      "routes.0.endpointNames",
    ],
    [
      "a route to no endpoint",
      { routes: [route("a", "true", "nowhere")] },
      "routes.0.endpointNames",
    ],
    ["a condition that is none", { routes: [route("a", "b =", "events")] }, "routes.0.condition"],
    [
      "more than 10 endpoints",
      { endpoints: { eventHubs: Array.from({ length: 11 }, (_, n) => eventHub(`e${n}`)) } },
      "endpoints: more than 10",
    ],
    [
      "more than 100 routes",
      { routes: Array.from({ length: 101 }, (_, n) => route(`r${n}`, "true", "events")) },
      "routes: more than 100",
    ],
  ])("%s is refused with its place, and nothing changes", async ([, sent, place]) => {
    const before = await routing.read();
    await expect(routing.replace(sent)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(place),
    });
    expect((await routing.read()).etag).toBe(before.etag);
  });
});

const WEATHER = {
  appProperties: { processingPath: "hot", level: "42" },
  systemProperties: {
    contentType: "application/json",
    contentEncoding: "utf-8",
    connectionDeviceId: "dev-1",
    messageId: "m1",
    enqueuedTime: "2026-01-31T10:00:00.000Z",
  },
  body: JSON.stringify({
    Weather: {
      Temperature: 50,
      IsEnabled: true,
      Location: { Street: "One Way", State: "WA" },
      HistoricalData: [{ Month: "Feb", Temperature: 40 }],
    },
  }),
};

describe.skipIf(!HAS_MANAGEMENT)("IoT Hub message routing query syntax (Microsoft Learn)", () => {
  test.for([
    ["processingPath = 'hot'", true],
    ['processingPath = "hot"', true],
    ["PROCESSINGPATH = 'hot'", true],
    ["processingPath = 'Hot'", false],
    ["processingPath <> 'cold' AND NOT level = '41'", true],
    ["level = 42", false],
    ["as_number(level) > 41", true],
    ["nowhere = 'x'", false],
    ["is_defined(nowhere) OR is_string(level)", true],
    ["processingPath IN ['hot', 'warm']", true],
    ["$contentType = 'application/json' AND $contentEncoding = 'utf-8'", true],
    ["$connectionDeviceId = 'dev-1' AND $messageId = 'm1'", true],
    ["$enqueuedTime > '2026-01-31T09:59:59Z'", true],
    ["$correlationId = ''", false],
    ["$body.Weather.Temperature = 50", true],
    ["$body.Weather.Temperature = 50 AND processingPath = 'hot'", true],
    ["$body.Weather.Temperature = 50 AND $body.Weather.IsEnabled", true],
    ["$body.Weather.HistoricalData[0].Month = 'Feb'", true],
    ["length($body.Weather.Location.State) = 2", true],
    ["$body.weather.temperature = 50", false],
    ["starts_with($body.Weather.Location.Street, 'One')", true],
    ["true", true],
    ["false", false],
  ] as const)("the condition %s is %s of a message", async ([condition, isMet]) => {
    const { result, details } = await routing.test(route("new", condition, "events"), WEATHER);
    expect(result).toBe(String(isMet));
    expect(details?.compilationErrors).toEqual([]);
  });

  test("a route without a condition takes every message", async () => {
    const { result } = await routing.test(route("new", undefined, "events"), {});
    expect(result).toBe("true");
  });

  test("a body is asked for nothing where its encoding is not UTF or it is no JSON", async () => {
    const condition = route("new", "$body.Weather.Temperature = 50", "events");
    const { contentType } = WEATHER.systemProperties;
    for (const systemProperties of [
      { contentType },
      { contentType, contentEncoding: "gzip" },
      { contentEncoding: "utf-8" },
    ]) {
      const { result } = await routing.test(condition, { ...WEATHER, systemProperties });
      expect(result).toBe("false");
    }
    const { result } = await routing.test(condition, { ...WEATHER, body: "{" });
    expect(result).toBe("false");
  });

  test("a condition that cannot be read is told with line and column", async () => {
    const { result, details } = await routing.test(
      route("new", "level = '42'\n AND $nothing = 1", "events"),
      WEATHER,
    );
    expect(result).toBe("undefined");
    expect(details?.compilationErrors).toMatchObject([
      { severity: "error", location: { start: { line: 2, column: 6 } } },
    ]);
  });

  test("all routes of a hub are tried out at once", async () => {
    await routing.replace({
      endpoints: { eventHubs: [eventHub(one)] },
      routes: [
        route("hot", `processingPath = 'hot' AND $connectionDeviceId = '${one}'`, one),
        route("cold", `processingPath = 'cold' AND $connectionDeviceId = '${one}'`, one),
        route("mild", `$connectionDeviceId = '${one}' AND level = '42'`, "events"),
      ],
      fallbackRoute: FALLBACK,
    });
    const systemProperties = { connectionDeviceId: one };
    expect(await routing.testAll({ ...WEATHER, systemProperties })).toEqual(["hot", "mild"]);
  });
});
