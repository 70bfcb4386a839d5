import fc from "fast-check";
import { expect, test } from "vitest";
import { Delays } from "../../../../src/emulator/faults/delays.ts";
import type { InjectedFault } from "../../../../src/emulator/faults/fault-plan.ts";
import { FaultPlan, isOfKind } from "../../../../src/emulator/faults/fault-plan.ts";
import { FaultReader } from "../../../../src/base/fault-order.ts";

const READER = new FaultReader({ hubs: [] });

/** A delay that is on, with a clock that is set by hand. */
function delayed(parameters: { ms: number; jitterMs?: number }) {
  const clock = { nowMs: 0 };
  const plan = new FaultPlan({ clock: () => clock.nowMs, onBegin: () => {}, onEnd: () => {} });
  const read = READER.read({ kind: "latency", parameters });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const fault: InjectedFault = plan.add(read.order);
  if (!isOfKind(fault, "latency")) throw new Error("not a latency");
  return { clock, plan, fault, delays: new Delays(() => clock.nowMs) };
}

test("what one device waits for ends in its order, however late each is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 3 }),
      fc.nat({ max: 6 }),
      fc.array(fc.constantFrom("cave-1", "cave-2"), { minLength: 1, maxLength: 12 }),
      async (ms, jitterMs, ids) => {
        const { fault } = delayed({ ms, jitterMs });
        const delays = new Delays(() => performance.now());
        const ended: number[] = [];
        await Promise.all(
          ids.map(async (id, n) => {
            await delays.hold(fault, id);
            ended.push(n);
          }),
        );
        for (const id of new Set(ids)) {
          const mine = ended.filter((n) => ids[n] === id);
          expect(mine).toEqual(mine.toSorted((a, b) => a - b));
        }
      },
    ),
    { numRuns: 20 },
  );
});

test.each(["removed", "stopped"] as const)(
  "everything goes on at once where it is %s",
  async (by) => {
    const { plan, fault, delays } = delayed({ ms: 600_000, jitterMs: 600_000 });
    const waiting = [
      delays.hold(fault, "cave-1"),
      delays.hold(fault, "cave-1"),
      delays.hold(fault),
    ];
    if (by === "removed") plan.remove(fault.id);
    else delays.stop();
    await expect(Promise.all(waiting)).resolves.toHaveLength(3);
  },
);

test("what is held up when its fault ends by its count keeps its time", async () => {
  const { clock, plan, fault, delays } = delayed({ ms: 1 });
  const waiting = delays.hold(fault, "cave-1");
  plan.end(fault.id);
  expect(fault.removed.aborted).toBe(false);
  clock.nowMs = 1;
  await waiting;
});

test("many wait for one fault without a warning", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", note);
  const { fault, plan, delays } = delayed({ ms: 60_000 });
  const held = Array.from({ length: 50 }, (_, n) => delays.hold(fault, `cave-${n}`));
  // Node tells warnings in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  plan.remove(fault.id);
  await Promise.all(held);
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
