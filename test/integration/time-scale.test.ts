import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";

/** A device that says what time it is given. */
const CLOCK = `
export const model = {
  name: "clock",
  defaults: {},
  checkSettings: () => [],
  create: () => ({
    step: ({ dtS, scale }) => [{ body: JSON.stringify({ dtS, scale }), properties: {} }],
    desired: () => undefined,
    methods: {},
    snapshot: () => null,
    restore: () => undefined,
  }),
};
`;

test("a device lives as many seconds for each second of its interval as the time scale says", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("clock-1");
  const model = join(cloud.certsDir, "clock.mjs");
  writeFileSync(model, CLOCK);
  const spec = deviceSpec("clock-1", { model, telemetry: { intervalMs: 40, jitter: 0.5 } });
  await using shard = await runShard(cloud, [spec], { timeScale: 50, saveMessages: true });
  await shard.row("clock-1", ({ acked }) => acked >= 3);
  await shard.stop();
  const bodies = new Set(
    shard.snapshots.flatMap(({ messages }) => messages.map((one) => one.body)),
  );
  expect([...bodies]).toEqual(['{"dtS":2,"scale":50}']);
});
