import { expect, test } from "vitest";

import type { TwinActionAccount } from "../../../src/output/output.ts";
import { twinMetric } from "../../../src/results/twin-metrics.ts";
import { TwinBook } from "../../../src/run/actions/twin-book.ts";

const account = (changes: Partial<TwinActionAccount> = {}): TwinActionAccount => {
  const book = new TwinBook({
    planned: {
      index: 0,
      at: "1s",
      when: { from: "start", delayMs: 1_000 },
      repeat: { times: 1, everyMs: 1_000 },
      selection: { ids: ["a"], asked: [] },
      action: {
        kind: "twin",
        devices: [],
        desired: {},
        mode: "merge",
        seen: true,
        timeoutMs: 1_000,
      },
    },
    isGivenElsewhere: () => false,
    onTime: () => {},
  });
  return { ...book.result(() => ({})), notDue: false, ...changes };
};

test("actions are summed, or found by their names and positions", () => {
  const accounts = [
    account({ name: "first", converged: 2, missed: 1 }),
    account({ action: 3, converged: 5, missed: 0 }),
  ];
  expect(twinMetric("twin_converged", {}, accounts)).toBe(7);
  expect(twinMetric("twin_converged", { action: "first" }, accounts)).toBe(2);
  expect(twinMetric("twin_missed", { action: "3" }, accounts)).toBe(0);
  expect(twinMetric("devices_assigned", {}, accounts)).toBeUndefined();
});

test("what no action measured is not measured, and fails nothing", () => {
  expect(twinMetric("twin_converged", {}, [])).toBeNull();
  expect(twinMetric("twin_converged", {}, [account({ notDue: true })])).toBeNull();
  expect(twinMetric("twin_action_ms", {}, [account({ notDue: true })])).toBeNull();
  expect(twinMetric("twin_action_ms", {}, [account()])).toBeUndefined();
  const unseen = [account({ seen: null })];
  expect(twinMetric("twin_seen", {}, unseen)).toBeNull();
  expect(twinMetric("twin_seen_ms", {}, unseen)).toBeNull();
  expect(twinMetric("twin_seen", {}, [...unseen, account({ seen: 4 })])).toBe(4);
});
