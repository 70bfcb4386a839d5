import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { bodyOf } from "../unit/devices/template/templates.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";

const isSecondAnswer = (event: DeviceEvent): event is Extract<DeviceEvent, { type: "reported" }> =>
  event.type === "reported" && event.desiredVersion === 2;

test("a device that a file describes streams, obeys its twin with acknowledgments, and answers methods", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("thermostat-1");
  const model = resolve("scenarios/models/thermostat.yaml");
  await using shard = await runShard(cloud, [deviceSpec("thermostat-1", { model })], {
    saveMessages: true,
  });
  await shard.row("thermostat-1", ({ acked }) => acked >= 1);

  using clients = serviceClients(cloud);
  const desired = { targetTemperature: "25.5", mode: "turbo" };
  await clients.registry.updateTwin("thermostat-1", { properties: { desired } }, "*");
  const { patch } = await shard.event(isSecondAnswer);
  expect(patch).toEqual({
    targetTemperature: { value: 25.5, ac: 200, av: 2, ad: "accepted" },
    mode: { value: "eco", ac: 400, av: 2, ad: 'expected one of "eco", "comfort"' },
  });
  const { result } = await clients.methods.invokeDeviceMethod("thermostat-1", {
    methodName: "setTarget",
    payload: 19,
  });
  expect(result).toMatchObject({ status: 200, payload: { result: "target is 19" } });
  const { acked } = await shard.row("thermostat-1", () => true);
  await shard.row("thermostat-1", (row) => row.acked > acked);
  await shard.stop();

  const [first] = shard.snapshots.flatMap(({ messages }) => messages);
  expect(first?.properties).toMatchObject({ sensorID: "thermostat-1", temperatureAlert: "true" });
  expect(Object.keys(bodyOf(first?.body ?? "{}"))).toEqual([
    "temperature",
    "humidity",
    "power",
    "mode",
    "windowOpen",
    "position",
  ]);
});
