import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { HUB } from "./emulator-wire.ts";

let world: FaultWorld;
beforeAll(async () => {
  world = await faultWorld(["cave-1", "cave-2"]);
});
afterEach(() => void world.emulator.faults.clear());
afterAll(() => world[Symbol.asyncDispose]());

test.for([
  [1, "NotImplementedError", "Unacceptable protocol version"],
  [2, "UnauthorizedError", "Identifier rejected"],
  [3, "ServiceUnavailableError", "Server unavailable"],
  [4, "UnauthorizedError", "Bad username or password"],
  [5, "UnauthorizedError", "Not authorized"],
] as const)("connackCode: %i is %s of a new device", async ([code, name, text]) => {
  const scope = { devices: ["cave-1"] };
  world.emulator.faults.inject({ kind: "connackCode", parameters: { code }, scope });
  const client = await world.client("cave-1");
  const refused = `Connection refused: ${text}`;
  await expect(client.open()).rejects.toMatchObject({
    name,
    message: expect.stringContaining(refused),
  });
  await expect(world.register("cave-1")).rejects.toMatchObject({ code, message: refused });
  await (await world.client("cave-2")).open();
});

test("connackCode: a device comes again by itself after code 3", async () => {
  world.emulator.faults.inject({ kind: "connackCode", times: 2 });
  await (await world.client("cave-1", { retries: true })).open();
  expect(world.emulator.faults.list()).toEqual([]);
});

test("hubGone: a connected device reconnects as soon as the hub is there again", async () => {
  const client = await world.client("cave-1", { retries: true });
  await client.open();
  client.onDeviceMethod("open", (_request, response) => void response.send(200, "opened"));
  const call = { methodName: "open", connectTimeoutInSeconds: 20, responseTimeoutInSeconds: 20 };
  await world.methods.invokeDeviceMethod("cave-1", call);
  const { faults } = world.emulator;
  const { id } = faults.inject({ kind: "hubGone" });
  await expect.poll(() => faults.list()[0]?.struck, { timeout: 10_000 }).toBeGreaterThan(1);
  const connected = once(client, "connect");
  faults.remove(id);
  await connected;
  const { result } = await world.methods.invokeDeviceMethod("cave-1", call);
  expect(result).toMatchObject({ payload: "opened" });
});

test("hubGone: new devices and services find nobody, DPS is there", async () => {
  world.emulator.faults.inject({ kind: "hubGone", scope: { service: HUB } });
  const client = await world.client("cave-1", { retries: true });
  await expect(client.open()).rejects.toMatchObject({
    name: "UnauthorizedError",
    message: expect.stringContaining("Unable to establish a connection"),
  });
  await expect(world.registry.list()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await world.register("cave-1")).toMatchObject({ assignedHub: HUB });
});

test("hubGone: it may say that there is no such hub", async () => {
  world.emulator.faults.inject({ kind: "hubGone", parameters: { answer: "notFound" } });
  const client = await world.client("cave-1", { retries: true });
  await expect(client.open()).rejects.toMatchObject({
    name: "UnauthorizedError",
    message: expect.stringContaining("Connection refused: Not authorized"),
  });
  await expect(world.registry.list()).rejects.toMatchObject({ name: "IotHubNotFoundError" });
});

test("dpsGone: registrations and services find nobody, the hub is there", async () => {
  world.emulator.faults.inject({ kind: "dpsGone" });
  await expect(world.register("cave-1")).rejects.toMatchObject({ name: "NotConnectedError" });
  await expect(world.dps.getEnrollmentGroup("caves")).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  await (await world.client("cave-1")).open();
  expect((await world.registry.list()).responseBody).toHaveLength(2);
});

test("dpsGone: it may say that there is no such service", async () => {
  world.emulator.faults.inject({ kind: "dpsGone", parameters: { answer: "notFound" } });
  await expect(world.register("cave-1")).rejects.toMatchObject({ code: 5 });
  await expect(world.dps.getEnrollmentGroup("caves")).rejects.toMatchObject({
    response: { statusCode: 404 },
  });
});
