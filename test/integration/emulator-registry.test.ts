import { expect, test } from "vitest";
import { serviceClients } from "./emulator-service-clients.ts";
import { emulatorForTest } from "./emulator-wire.ts";

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
