import fc from "fast-check";
import { expect, test } from "vitest";

import { MessageAccount } from "../../../src/device/message-account.ts";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import type { Snapshot } from "../../../src/metrics/snapshot.ts";
import { checkBalance } from "../../../src/run/balance.ts";
import { rowOf, snapshotOf } from "../metrics/snapshots.ts";

const IDS = ["d0", "d1"];
const PLANNED = IDS.map((registrationId) => ({ registrationId, model: "cheese-cave" }));

const STEPS = ["send", "acknowledge", "fail", "tell"] as const;
/** What happens to which device and message; `tell` is the second at which a worker tells. */
const lives = fc.array(
  fc.record({
    boot: fc.constantFrom(1, 2),
    device: fc.constantFrom(0, 1),
    step: fc.constantFrom(...STEPS),
    seq: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 120 },
);

/** The snapshots of one life of a worker; what it had not told when it was killed is in none of them. */
function snapshotsOf(life: readonly { device: number; step: string; seq: number }[], boot: number) {
  const accounts = IDS.map(() => new MessageAccount());
  const snapshots: Snapshot[] = [];
  let counters: Record<string, number> = {};
  const count = (name: string): void => void (counters[name] = (counters[name] ?? 0) + 1);
  for (const { device, step, seq } of life) {
    const account = accounts[device];
    if (step === "send" && account !== undefined) {
      account.next();
      count("telemetry_sent");
    } else if (step === "acknowledge" && account?.acknowledge(seq) === true) {
      count("telemetry_acked");
    } else if (step === "fail" && account?.fail(seq) === true) {
      count("telemetry_failed{class:offline}");
    } else if (step === "tell") {
      const rows = accounts.map(({ counts }, at) =>
        rowOf({ registrationId: `d${at}`, boot, ...counts }),
      );
      const sequence = snapshots.length + 1;
      snapshots.push(snapshotOf({ boot, sequence, counters, devices: rows }));
      counters = {};
    }
  }
  return snapshots;
}

test("sent is acknowledged, failed and unacknowledged, whenever workers tell, die, and are heard", () => {
  fc.assert(
    fc.property(lives, fc.infiniteStream(fc.nat()), (steps, numbers) => {
      const all = [1, 2].flatMap((boot) =>
        snapshotsOf(
          steps.filter((step) => step.boot === boot),
          boot,
        ),
      );
      const order = all
        .flatMap((snapshot) => [snapshot, snapshot])
        .map((snapshot) => ({ snapshot, rank: Number(numbers.next().value) }))
        .toSorted((one, other) => one.rank - other.rank);
      const aggregate = new Aggregate(PLANNED);
      for (const { snapshot } of order) aggregate.add(snapshot);
      expect(() => checkBalance(aggregate)).not.toThrow();
      for (const { sent, acked, failed } of aggregate.rows()) {
        expect(sent - acked - failed).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

const unbalanced: readonly [name: string, row: Partial<DeviceRow>, sent: number, told: string][] = [
  ["acknowledged and failed", { sent: 1, ackedSeqs: [[1, 1]], failedSeqs: [[1, 1]] }, 1, "d0"],
  ["acknowledged and never sent", { sent: 1, ackedSeqs: [[1, 2]] }, 1, "d0"],
  ["sent and not counted", { sent: 2 }, 1, "telemetry_sent"],
];

test.each(unbalanced)("a message that was %s is a bug", (_name, row, sent, told) => {
  const aggregate = new Aggregate(PLANNED);
  const devices = [rowOf({ registrationId: "d0", ...row })];
  aggregate.add(snapshotOf({ counters: { telemetry_sent: sent }, devices }));
  expect(() => checkBalance(aggregate)).toThrow(told);
});
