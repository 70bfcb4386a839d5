import { expect, test } from "vitest";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { deviceSpec, QUICK_LIMITS, runShard, startTestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";

type Of<Type extends DeviceEvent["type"]> = Extract<DeviceEvent, { type: Type }>;
const ofType =
  <Type extends DeviceEvent["type"]>(type: Type) =>
  (event: DeviceEvent): event is Of<Type> =>
    event.type === type;

test("a device that knows its hub goes there at once, and asks DPS when that does not know it any more", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1", "cave-2");
  const fleet = [deviceSpec("cave-1"), deviceSpec("cave-2")];
  await using firstLife = await runShard(cloud, fleet);
  const rows = await Promise.all(
    fleet.map(({ registrationId }) => firstLife.row(registrationId, (row) => row.wasConnected)),
  );
  await firstLife.stop();
  using clients = serviceClients(cloud);
  await clients.registry.delete("cave-2");

  await using nextLife = await runShard(
    cloud,
    rows.map(({ registrationId, hub, deviceId }) =>
      deviceSpec(registrationId, { assignment: { hub, deviceId } }),
    ),
    { boot: 2 },
  );
  const known = await nextLife.row("cave-1", (row) => row.acked >= 1);
  expect(known).toMatchObject({ state: "streaming", attempts: 0, registrationMs: null });
  expect(known).toMatchObject({ hub: cloud.emulator.hubs[0], deviceId: "cave-1", boot: 2 });
  const forgotten = await nextLife.row("cave-2", (row) => row.acked >= 1);
  expect(forgotten).toMatchObject({ state: "streaming", attempts: 1 });
  await nextLife.stop();

  const statesOf = (id: string): readonly string[] =>
    nextLife.events.flatMap((event) =>
      event.type === "state" && event.deviceId === id ? [event.to] : [],
    );
  expect(statesOf("cave-1")).toEqual(["assigned", "connecting", "streaming", "stopped"]);
  expect(statesOf("cave-2")).toEqual([
    "assigned",
    "connecting",
    "registering",
    "assigned",
    "connecting",
    "streaming",
    "stopped",
  ]);
  expect(nextLife.events.filter(ofType("registration")).map(({ deviceId }) => deviceId)).toEqual([
    "cave-2",
  ]);
  expect(nextLife.counter("connection_failed{class:unauthorized}")).toBe(1);
});

test("a device whose hub is gone asks DPS after its time, again and again, and is back when the hub is", async () => {
  await using cloud = await startTestCloud();
  const { emulator } = cloud;
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    limits: { ...QUICK_LIMITS, reprovisionAfterMs: 30 },
  });
  await shard.row("cave-1", (row) => row.acked > 0);
  const { id } = emulator.faults.inject({ kind: "hubGone" });
  // The first registration, and two that brought it back to the same dead hub.
  await shard.row("cave-1", ({ attempts, state }) => attempts >= 3 && state === "reconnecting");
  const away = await shard.row("cave-1", () => true);
  emulator.faults.remove(id);
  const back = await shard.row("cave-1", ({ reconnects, state, acked }) => {
    return reconnects === 1 && state === "streaming" && acked > away.acked;
  });
  expect(back).toMatchObject({ hub: emulator.hubs[0], errorClass: null });
  await shard.stop();
  // One attempt at the hub for each word of DPS, and those that found it gone before DPS was asked.
  const registrations = shard.events.filter(ofType("registration"));
  expect(registrations.every(({ hub }) => hub === emulator.hubs[0])).toBe(true);
  const failed = shard.counter("connection_failed");
  expect(failed).toBeGreaterThanOrEqual(2);
  expect(registrations.length).toBeLessThanOrEqual(failed + 1);
});
