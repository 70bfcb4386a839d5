import { expect, test } from "vitest";
import type { StopKind } from "../../src/base/stop-kind.ts";
import { Aggregate } from "../../src/metrics/aggregate.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { checkBalance } from "../../src/run/balance.ts";
import type { TestShard } from "../support/fleet.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";

type StateEvent = DeviceEvent & { readonly type: "state" };

const stopOf =
  (deviceId: string) =>
  (event: DeviceEvent): event is StateEvent =>
    event.type === "state" && event.deviceId === deviceId && event.to === "stopped";

const stop = (shard: TestShard, how: StopKind, ...registrationIds: string[]): void =>
  shard.tell({ type: "stopDevices", registrationIds, how });

const start = (shard: TestShard, ...registrationIds: string[]): void =>
  shard.tell({
    type: "startDevices",
    starts: registrationIds.map((registrationId) => ({ registrationId, dueMs: 0 })),
  });

test("devices leave in order and by power cuts, come back, and their account closes", async () => {
  await using cloud = await startTestCloud();
  const ids = ["in-order", "power-cut", "not-due"];
  await cloud.issue(...ids);
  await using shard = await runShard(
    cloud,
    ids.map((id) => deviceSpec(id, { startMs: id === "not-due" ? 3_600_000 : 0 })),
    { saveMessages: true },
  );
  await shard.row("in-order", ({ acked }) => acked >= 3);
  await shard.row("power-cut", ({ acked }) => acked >= 3);
  stop(shard, "inOrder", "in-order", "not-due", "device-of-nobody");
  stop(shard, "powerCut", "power-cut");
  for (const id of ids) {
    const { how } = await shard.event(stopOf(id));
    expect(how).toBe(id === "power-cut" ? "powerCut" : "inOrder");
  }
  const off = await shard.row("in-order", ({ state }) => state === "stopped");
  expect(off.sent).toBe(off.acked);
  const cut = await shard.row("power-cut", ({ state }) => state === "stopped");
  expect(cut).toMatchObject({ failed: 0, errorClass: null });

  shard.tell({ type: "retune", registrationIds: ids, intervalMs: 10 });
  start(shard, ...ids);
  for (const id of ids) {
    const sent = id === "not-due" ? 0 : id === "in-order" ? off.sent : cut.sent;
    const row = await shard.row(id, ({ acked }) => acked >= sent + 5);
    expect(row).toMatchObject({ state: "streaming", boot: 1, attempts: id === "not-due" ? 1 : 2 });
    expect(row.reconnects).toBe(id === "not-due" ? 0 : 1);
  }
  // A number is used once; what is sent after a boot begins as it did after the first.
  const bodies = shard.snapshots
    .flatMap(({ messages }) => messages)
    .filter(({ deviceId }) => deviceId === "in-order")
    .map(({ seq, body }) => ({ seq, body }));
  expect(bodies.map(({ seq }) => seq)).toEqual(bodies.map((_, index) => index + 1));
  const again = bodies.slice(off.sent);
  expect(again.map(({ body }) => body).slice(0, 3)).toEqual(
    bodies.slice(0, 3).map(({ body }) => body),
  );
  // The whole twin is read at each boot.
  const read = shard.events.filter(
    (event) => event.type === "desired" && event.deviceId === "power-cut",
  );
  expect(read).toMatchObject([{ initial: true }, { initial: true }]);

  await shard.stop();
  const aggregate = new Aggregate(
    ids.map((registrationId) => ({ registrationId, model: "cheese-cave" })),
  );
  for (const snapshot of shard.snapshots) aggregate.add(snapshot);
  checkBalance(aggregate);
  expect(aggregate.rows().map(({ state }) => state)).toEqual(ids.map(() => "stopped"));
  expect(shard.counter("connection_lost")).toBe(0);
  const ends = shard.events.filter((event) => event.type === "state" && event.to === "stopped");
  expect(ends).toHaveLength(6);
  expect(ends.slice(3)).toEqual(ends.slice(3).map((event) => ({ ...event, how: undefined })));
});
