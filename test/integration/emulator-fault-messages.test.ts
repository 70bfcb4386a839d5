import { once } from "node:events";
import iotCommon from "azure-iot-common";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { report } from "../conformance/support/hub-device.ts";

/** The second id is a pattern where faults are put on by hand, and the third differs from the first in its case. */
const IDS = ["cave-1", "cave-*", "Cave-1"] as const;

let world: FaultWorld;
beforeAll(async () => {
  // DPS has no such ids.
  world = await faultWorld(IDS, { enrollments: [] });
});
afterEach(async () => {
  world.emulator.faults.clear();
  await world.closeClients();
});
afterAll(() => world[Symbol.asyncDispose]());

const telemetry = (): iotCommon.Message => new iotCommon.Message("{}");

/** As Microsoft's end-to-end tests write it. */
function faultMessage(type: string, seconds: { delay?: number; duration?: number } = {}) {
  const message = new iotCommon.Message("");
  message.properties.add("AzIoTHub_FaultOperationType", type);
  message.properties.add("AzIoTHub_FaultOperationCloseReason", "boom");
  message.properties.add("AzIoTHub_FaultOperationDelayInSecs", String(seconds.delay));
  message.properties.add("AzIoTHub_FaultOperationDurationInSecs", String(seconds.duration));
  return message;
}

test.for(["KillTcp", "ShutDownMqtt"])(
  "%s is acknowledged, and ends the connection of the device that sent it, and no other",
  async (type) => {
    let othersEnds = 0;
    for (const id of IDS.slice(1)) {
      const other = await world.client(id);
      await other.open();
      other.on("disconnect", () => (othersEnds += 1));
      other.onDeviceMethod("any", () => {});
    }
    const client = await world.client("cave-1", { over: "MQTT" });
    await client.open();
    client.onDeviceMethod("any", () => {});
    const disconnected = once(client, "disconnect");
    await client.sendEvent(faultMessage(type, { delay: 0.02 }));
    await disconnected;
    expect([othersEnds, world.emulator.faults.list()]).toEqual([0, []]);
  },
);

test.for([
  ["InvokeThrottling", "throttled"],
  ["InvokeMaxMessageQuota", "quotaExceeded"],
  ["InvokeAuthError", "authError"],
] as const)(
  "%s fails what the device asks for, and lets it connect again",
  async ([type, kind]) => {
    const client = await world.client("cave-*");
    await client.open();
    const twin = await client.getTwin();
    await client.sendEvent(faultMessage(type, { duration: 3600 }));
    await expect
      .poll(() => world.emulator.faults.list())
      .toMatchObject([{ kind, state: "active" }]);
    await expect(report(twin, { fan: "on" })).rejects.toThrow(`Fault`);
    await expect(client.sendEvent(telemetry())).rejects.toMatchObject({
      name: "NotConnectedError",
    });
    const again = await world.client("cave-*");
    await again.open();
    const other = await world.client("cave-1");
    await other.sendEvent(telemetry());
    world.emulator.faults.clear();
    await again.sendEvent(telemetry());
  },
);

test("a device that asks again, while it waits for the fault, has one", async () => {
  const client = await world.client("cave-1");
  await client.sendEvent(faultMessage("InvokeThrottling", { delay: 3600 }));
  await client.sendEvent(faultMessage("InvokeThrottling", { delay: 3600 }));
  await client.sendEvent(faultMessage("KillTcp", { delay: 3600 }));
  const scope = { devices: ["cave-1"] };
  expect(world.emulator.faults.list()).toMatchObject([
    { kind: "throttled", state: "waiting", scope },
    { kind: "killTcp", state: "waiting", scope },
  ]);
});

test.for(["KillAmqpConnection", "ShutDownAmqp", "MakeCoffee", ""])(
  "%j is acknowledged, and does nothing over MQTT",
  async (type) => {
    const client = await world.client("cave-1");
    await client.sendEvent(faultMessage(type));
    await client.sendEvent(telemetry());
    expect(world.emulator.faults.list()).toEqual([]);
  },
);

test("a hub that shall not listen to such messages takes them as any others", async () => {
  await using deaf = await faultWorld(["cave-1"], { faultMessages: false });
  const client = await deaf.client("cave-1");
  await client.sendEvent(faultMessage("KillTcp"));
  await client.sendEvent(telemetry());
  expect(deaf.emulator.faults.list()).toEqual([]);
});
