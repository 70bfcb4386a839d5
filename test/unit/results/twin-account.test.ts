import { expect, test } from "vitest";

import type { DivergenceEvent } from "../../../src/output/divergence.ts";
import { TwinAccount } from "../../../src/results/twin-account.ts";

const divergence = (deviceId: string, state: "begun" | "ended", t: number): DivergenceEvent => ({
  type: "divergence",
  t,
  state,
  deviceId,
  property: "a",
  kind: "notFollowed",
  version: 2,
  desired: 5,
  doing: "streaming",
  sinceMs: 1_500,
  history: [],
});

test("without an oracle nothing is said of divergences, and of versions who had trouble", () => {
  const account = new TwinAccount();
  expect(account.result()).toEqual({ versions: [], divergences: null });
  const missed = { type: "desiredMissed", t: 0, learnt: "gap" } as const;
  const dropped = { type: "desiredDropped", t: 0, version: 4 } as const;
  account.observe({ ...dropped, deviceId: "cave-1", why: "duplicate" });
  account.observe({ ...dropped, deviceId: "cave-1", why: "outOfOrder" });
  account.observe({ ...missed, deviceId: "cave-2", from: 2, to: 4, healed: false });
  account.observe({ ...missed, deviceId: "cave-2", from: 6, to: 6, healed: true });
  const { versions } = account.result();
  expect(versions).toEqual([
    { deviceId: "cave-2", duplicate: 0, outOfOrder: 0, missed: 4, notHealed: 3 },
    { deviceId: "cave-1", duplicate: 1, outOfOrder: 1, missed: 0, notHealed: 0 },
  ]);
});

test("open divergences are named first, and what parts looked at sums up", () => {
  const account = new TwinAccount();
  account.observe(divergence("cave-1", "begun", 3_000));
  account.observe(divergence("cave-2", "begun", 4_000));
  account.observe(divergence("cave-1", "ended", 5_000));
  for (const looks of [10, 20]) {
    account.observe({ type: "oracle", t: 9_000, looks, failed: 1, devices: 3, notEchoed: 2 });
  }
  const { divergences } = account.result();
  expect(divergences).toMatchObject({
    looks: 30,
    failed: 2,
    devices: 6,
    notEchoed: 4,
    begun: 2,
    ended: 1,
    named: [
      { deviceId: "cave-2", sinceS: 2.5, endedS: null },
      { deviceId: "cave-1", sinceS: 1.5, endedS: 5 },
    ],
  });
});
