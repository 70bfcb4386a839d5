import { expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import { emulatorForTest, openHub, register } from "./emulator-wire.ts";

test("a hub takes no more identities than the limit, and room is made by deleting", async () => {
  const world = await emulatorForTest({ devicesMax: 2 });
  await using _ = world.emulator;
  using clients = serviceClients(world);
  const { registry } = clients;
  for (const deviceId of ["a", "b"]) await registry.create({ deviceId });
  await expect(registry.create({ deviceId: "c" })).rejects.toMatchObject({
    response: { statusCode: 413 },
    responseBody: expect.stringContaining("ErrorCode:TooManyDevices;"),
  });
  await expect(registry.addDevices([{ deviceId: "c" }])).rejects.toMatchObject({
    responseBody: expect.stringContaining('"errorCode":413002'),
  });
  await registry.update({ deviceId: "a", status: "disabled" });
  await registry.delete("a");
  await registry.create({ deviceId: "c" });
});

test("an identity that is made anew knows nothing of the connection that the one before still has", async () => {
  const world = await emulatorForTest({ identityCloseDelayMs: 300 });
  await using _ = world.emulator;
  using clients = serviceClients(world);
  await enrollGroup(world);
  const keys = await world.pki.leaf("anew");
  await register(world, "anew", keys);
  await using device = await openHub(world, "anew", keys);
  const state = async (): Promise<unknown> => (await clients.registry.get("anew")).responseBody;
  expect(await state()).toMatchObject({ connectionState: "Connected" });
  await clients.registry.delete("anew");
  await register(world, "anew", keys);
  const never = "0001-01-01T00:00:00Z";
  const unconnected = {
    connectionState: "Disconnected",
    connectionStateUpdatedTime: never,
    lastActivityTime: never,
  };
  expect(await state()).toMatchObject(unconnected);
  await device.closed;
  expect(await state()).toMatchObject(unconnected);
});
