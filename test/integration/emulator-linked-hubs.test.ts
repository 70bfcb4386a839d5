import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DEFAULT_NAMES } from "../../src/emulator/emulator.ts";
import { DPS_RESOURCE, manage } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";
const masked = (hub: string): string =>
  `HostName=${hub};SharedAccessKeyName=iothubowner;SharedAccessKey=****`;

let world: TestEmulator;
let strings: readonly string[];
beforeAll(async () => {
  world = await emulatorForTest({ hubs: [HUB, HUB_2] });
  strings = world.emulator.hubConnectionStrings;
});
afterEach(async () => {
  await put({ iotHubs: [link(HUB), link(HUB_2)] });
});
afterAll(() => world.emulator.stop());

const get = () => manage(world, "GET", DPS_RESOURCE);
const put = (properties: unknown, headers: Readonly<Record<string, string>> = {}) =>
  manage(world, "PUT", DPS_RESOURCE, { body: { location: "local", properties }, headers });
const link = (hub: string, more: Readonly<Record<string, unknown>> = {}) => ({
  connectionString: strings.find((text) => text.includes(hub)),
  location: "local",
  ...more,
});

test("a DPS instance begins with all hubs linked alike, and hashes", async () => {
  const member = { location: "local", allocationWeight: 1, applyAllocationPolicy: true };
  expect(await get()).toMatchObject({
    status: 200,
    body: {
      id: DPS_RESOURCE,
      type: "Microsoft.Devices/provisioningServices",
      etag: expect.any(String),
      properties: {
        state: "Active",
        idScope: DEFAULT_NAMES.idScope,
        serviceOperationsHostName: DEFAULT_NAMES.dpsHost,
        deviceProvisioningHostName: DEFAULT_NAMES.provisioningHost,
        allocationPolicy: "Hashed",
        iotHubs: [HUB, HUB_2].map((name) => ({
          ...member,
          name,
          connectionString: masked(name),
        })),
      },
    },
  });
});

test("a PUT sets hubs, weights and policy, and shows no key", async () => {
  const { iotHubs, ...rest } = {
    allocationPolicy: "geolatency",
    iotHubs: [link(HUB_2, { allocationWeight: 7, applyAllocationPolicy: false, location: "x" })],
  };
  const answer = await put({ ...rest, iotHubs });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      properties: {
        allocationPolicy: "GeoLatency",
        iotHubs: [
          {
            name: HUB_2,
            connectionString: masked(HUB_2),
            location: "x",
            allocationWeight: 7,
            applyAllocationPolicy: false,
          },
        ],
      },
    },
  });
  expect((await get()).body).toEqual(answer.body);
  expect(await put({})).toMatchObject({ body: { properties: { iotHubs: [] } } });
});

test("what GET shows can be put back: masked keys stay those that are linked", async () => {
  const { body: shown } = await get();
  const { body } = await manage(world, "PUT", DPS_RESOURCE, { body: shown });
  expect(body).toMatchObject({ properties: { iotHubs: [{ name: HUB }, { name: HUB_2 }] } });
  await put({ iotHubs: [link(HUB)] });
  const gone = await put({ iotHubs: [link(HUB), { connectionString: masked(HUB_2) }] });
  expect(gone).toMatchObject({ status: 400 });
});

test("null stands for the default weight and flag", async () => {
  const answer = await put({
    iotHubs: [link(HUB, { allocationWeight: null, applyAllocationPolicy: null })],
  });
  expect(answer).toMatchObject({
    body: { properties: { iotHubs: [{ allocationWeight: 1, applyAllocationPolicy: true }] } },
  });
});

test("a stale ETag is refused, and changes nothing", async () => {
  const { body: before } = await get();
  expect(await put({}, { "if-match": "stale" })).toMatchObject({
    status: 412,
    body: { error: { code: "PreconditionFailed" } },
  });
  expect((await get()).body).toEqual(before);
});

test.for([
  ["no properties", undefined, "properties"],
  ["an unknown member", { iotHubs: [], ipFilterRules: [] }, "ipFilterRules"],
  ["custom as the default policy", { allocationPolicy: "Custom" }, "allocationPolicy"],
  ["a hub without a connection string", { iotHubs: [{ location: "x" }] }, "connectionString"],
  ["no connection string", { iotHubs: [{ connectionString: "x" }] }, "iotHubs.0"],
  [
    "a hub that is not here",
    { iotHubs: [{ connectionString: masked("other.azure-devices.net") }] },
    "runs no hub other.azure-devices.net",
  ],
  [
    "a wrong key",
    { iotHubs: [{ connectionString: masked(HUB).replace("****", "AAAA") }] },
    "another key",
  ],
  [
    "an unknown policy",
    { iotHubs: [{ connectionString: masked(HUB).replace("owner", "guest") }] },
    "no policy",
  ],
] as const)("%s is refused with 400", async ([, properties, text]) => {
  expect(await put(properties)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining(text) } },
  });
});

test("weights are whole numbers from 1 to 1000, and a hub is linked once; all problems are told", async () => {
  for (const allocationWeight of [0, 1001, 1.5, "1"])
    expect(await put({ iotHubs: [link(HUB, { allocationWeight })] })).toMatchObject({
      status: 400,
      body: {
        error: { message: expect.stringContaining("properties.iotHubs.0.allocationWeight") },
      },
    });
  const problems = await put({ iotHubs: [link(HUB), link(HUB), { connectionString: "" }] });
  for (const text of ["properties.iotHubs.1: ", "properties.iotHubs.2: "])
    expect(problems).toMatchObject({
      body: { error: { message: expect.stringContaining(text) } },
    });
});
