import { expect, test } from "vitest";
import { report } from "../conformance/support/hub-device.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { HUB } from "./emulator-wire.ts";

test("throttled: service calls fail with ThrottlingError, and work again after so many", async () => {
  await using world = await faultWorld(["cave-1"]);
  world.emulator.faults.inject({
    kind: "throttled",
    scope: { service: HUB, operations: ["readTwin"] },
    times: 2,
  });
  for (let n = 0; n < 2; n++)
    await expect(world.registry.getTwin("cave-1")).rejects.toMatchObject({
      name: "ThrottlingError",
      response: { statusCode: 429, headers: { "retry-after": "10" } },
    });
  expect((await world.registry.getTwin("cave-1")).responseBody).toMatchObject({
    deviceId: "cave-1",
  });
  expect(world.emulator.faults.list()).toEqual([]);
});

test("throttled: a registration is repeated after retry-after, and ends well", async () => {
  await using world = await faultWorld(["cave-1"]);
  world.emulator.faults.inject({
    kind: "throttled",
    parameters: { retryAfterS: 0 },
    scope: { service: "dps", operations: ["registerDevice", "pollRegistration"] },
    times: 2,
  });
  expect(await world.register("cave-1")).toMatchObject({ status: "assigned", assignedHub: HUB });
  expect(world.emulator.faults.list()).toEqual([]);
});

test("throttled: a twin call fails, a device that is not named does not notice", async () => {
  await using world = await faultWorld(["cave-1", "barn-1"]);
  world.emulator.faults.inject({
    kind: "throttled",
    scope: { devices: ["cave-*"], operations: ["updateReported"] },
  });
  const reporting = async (id: string): Promise<void> => {
    const client = await world.client(id);
    await client.open();
    await report(await client.getTwin(), { fan: "on" });
  };
  await expect(reporting("cave-1")).rejects.toThrow(/Fault 1 was put on: throttled/);
  await reporting("barn-1");
  expect(world.emulator.faults.list()).toMatchObject([{ id: "1", struck: 1, state: "active" }]);
});
