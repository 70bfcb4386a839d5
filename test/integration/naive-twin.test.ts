import { expect, test } from "vitest";
import type { ConnectionRules } from "../../src/base/connection-rules.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { patchTwin } from "../../src/service/change-twin.ts";
import { openHubClient } from "../../src/service/hub-client.ts";
import { deviceSpec, QUICK_LIMITS, runShard, startTestCloud } from "../support/fleet.ts";

type Desired = Extract<DeviceEvent, { type: "desired" }>;
const isDesired = (event: DeviceEvent): event is Desired => event.type === "desired";

const rules = (readTwin: ConnectionRules["readTwin"]): ConnectionRules => ({
  ...QUICK_LIMITS,
  readTwin,
});

test("what changes while devices are away reaches the one that reads its twin when it is back, and never the naive one", async () => {
  await using cloud = await startTestCloud();
  const { emulator, pki } = cloud;
  await cloud.issue("careful", "naive");
  await using shard = await runShard(cloud, [
    deviceSpec("careful", { connection: rules("always") }),
    deviceSpec("naive", { connection: rules("first") }),
  ]);
  await Promise.all(["careful", "naive"].map((id) => shard.row(id, (row) => row.acked > 0)));
  const route = {
    address: emulator.host,
    port: emulator.httpsPort,
    caPem: pki.root.certificatePem,
  };
  const [connectionString = ""] = emulator.hubConnectionStrings;
  const hub = await openHubClient({ connectionString, source: "the test", route });
  const patchBoth = async (desired: { temperature: number }): Promise<void> => {
    for (const id of ["careful", "naive"]) await patchTwin(hub, id, { desired });
  };
  const temperatureOf = (id: string, temperature: number): Promise<Desired> =>
    shard.event(
      (event): event is Desired =>
        isDesired(event) && event.deviceId === id && event.patch["temperature"] === temperature,
    );

  // Nobody is let in, and who was there is cut off.
  const { id: closed } = emulator.faults.inject({ kind: "connackCode", parameters: { code: 3 } });
  emulator.faults.inject({ kind: "killTcp" });
  await Promise.all(
    ["careful", "naive"].map((id) => shard.row(id, ({ state }) => state === "reconnecting")),
  );
  await patchBoth({ temperature: 51 });
  emulator.faults.remove(closed);
  await temperatureOf("careful", 51);
  await shard.row("naive", ({ reconnects, state }) => reconnects === 1 && state === "streaming");
  // A later change reaches both; the naive one applies it over the one that it missed, and reports it.
  await patchBoth({ temperature: 52 });
  await Promise.all(["careful", "naive"].map((id) => temperatureOf(id, 52)));
  await shard.event(
    (event): event is DeviceEvent & { type: "reported" } =>
      event.type === "reported" && event.deviceId === "naive" && event.patch["temperature"] === 52,
  );
  await shard.stop();
  hub.close();

  const seen = (id: string): readonly (readonly [version: number, initial: boolean])[] =>
    shard.events
      .filter(isDesired)
      .flatMap(({ deviceId, version, initial }) => (deviceId === id ? [[version, initial]] : []));
  expect(seen("careful")).toEqual([
    [1, true],
    [2, true],
    [3, false],
  ]);
  expect(seen("naive")).toEqual([
    [1, true],
    [3, false],
  ]);
  expect(shard.events.filter(({ type }) => type === "desiredMissed")).toEqual([
    expect.objectContaining({ deviceId: "careful", from: 2, to: 2, learnt: "read", healed: true }),
    expect.objectContaining({ deviceId: "naive", from: 2, to: 2, learnt: "gap", healed: false }),
  ]);
});
