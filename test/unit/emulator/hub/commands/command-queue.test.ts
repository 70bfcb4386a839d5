import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import type { Delivery, Gone } from "../../../../../src/emulator/hub/commands/command-queue.ts";
import { CommandQueue } from "../../../../../src/emulator/hub/commands/command-queue.ts";

const rules = { depthMax: 5, lockMs: 60, deliveryCountMax: Infinity };

type Step =
  | { readonly kind: "send"; readonly ttlMs: number }
  | { readonly kind: "acknowledge"; readonly packetId: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "deliver" | "lose" | "purge" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("send"), ttlMs: fc.nat(200) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("deliver") }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("acknowledge"), packetId: fc.nat(12) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("lose", "purge") }) },
);

type Queue = Pick<
  CommandQueue<number>,
  "acknowledge" | "depth" | "enqueue" | "nextChangeMs" | "purge" | "take" | "unlock"
>;

/** All that was ever sent, with what became of it: what may be delivered is looked up, never kept. */
class AllMessages implements Queue {
  readonly #sent: { expiresMs: number; deliveries: number[]; lost: number; isOver: boolean }[] = [];

  depth(nowMs: number): number {
    return this.#pending(nowMs).length;
  }

  enqueue(_message: number, expiresMs: number, nowMs: number): void {
    if (this.depth(nowMs) >= rules.depthMax) throw new ServiceFault("queueFull", "full");
    this.#sent.push({ expiresMs, deliveries: [], lost: 0, isOver: false });
  }

  take(nowMs: number): readonly Delivery<number>[] {
    const visible = this.#pending(nowMs).filter((number) => this.#lockEndMs(number) <= nowMs);
    return visible.map((number) => {
      const deliveries = this.#sent[number]?.deliveries ?? [];
      deliveries.push(nowMs);
      return { message: number, packetId: number + 1, deliveryCount: deliveries.length };
    });
  }

  acknowledge(packetId: number, nowMs: number): boolean {
    const message = this.#sent[packetId - 1];
    const isLocked = this.#lockEndMs(packetId - 1) > nowMs;
    if (message === undefined || !this.#pending(nowMs).includes(packetId - 1) || !isLocked)
      return false;
    message.isOver = true;
    return true;
  }

  unlock(): void {
    for (const message of this.#sent) message.lost = message.deliveries.length;
  }

  purge(nowMs: number): number {
    const count = this.depth(nowMs);
    for (const message of this.#sent) message.isOver = true;
    return count;
  }

  nextChangeMs(nowMs: number): number | undefined {
    const ends = this.#pending(nowMs).flatMap((number) => [
      this.#sent[number]?.expiresMs ?? 0,
      this.#lockEndMs(number),
    ]);
    return ends.filter((endMs) => endMs > nowMs).toSorted((a, b) => a - b)[0];
  }

  #pending(nowMs: number): number[] {
    return this.#sent.flatMap(({ isOver, expiresMs }, number) =>
      isOver || expiresMs <= nowMs ? [] : [number],
    );
  }

  #lockEndMs(number: number): number {
    const message = this.#sent[number];
    const last = message?.deliveries.slice(message.lost).at(-1);
    return last === undefined ? 0 : last + rules.lockMs;
  }
}

/** A step, what it gave, and the queue's depth and next change after it. */
type Played = readonly [step: Step, result: unknown, depth: number, nextMs: number | undefined];

/** What each step gives, and what the queue tells after it. */
function play(queue: Queue, steps: readonly Step[]): Played[] {
  let nowMs = 1000;
  let sent = 0;
  const act = (played: Step): unknown => {
    switch (played.kind) {
      case "send":
        try {
          queue.enqueue(sent, nowMs + played.ttlMs, nowMs);
          return (sent += 1);
        } catch (error) {
          return error instanceof ServiceFault ? error.kind : error;
        }
      case "deliver":
        return queue.take(nowMs);
      case "acknowledge":
        return queue.acknowledge(played.packetId, nowMs);
      case "wait":
        return (nowMs += played.ms);
      case "lose":
        return queue.unlock();
      case "purge":
        return queue.purge(nowMs);
      default:
        return played satisfies never;
    }
  };
  return steps.map((played): Played => [
    played,
    act(played),
    queue.depth(nowMs),
    queue.nextChangeMs(nowMs),
  ]);
}

test("in whatever order things happen, no message is lost, doubled or out of order", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      expect(play(new CommandQueue<number>(rules), steps)).toEqual(play(new AllMessages(), steps));
    }),
    { numRuns: 300 },
  );
});

test("every message that goes but by a purge is told once, with what became of it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const gone: Gone<number>[] = [];
      const queue = new CommandQueue<number>(rules, new Map(), (one) => gone.push(one));
      const played = play(queue, steps);
      const of = (kind: Step["kind"]): unknown[] =>
        played.filter(([{ kind: other }]) => other === kind).map(([, result]) => result);
      const sent = of("send").filter((result) => typeof result === "number").length;
      const purged = of("purge").reduce<number>((sum, count) => sum + Number(count), 0);
      expect(gone.length + purged + (played.at(-1)?.[2] ?? 0)).toBe(sent);
      expect(new Set(gone.map(({ message }) => message)).size).toBe(gone.length);
      const completed = gone.filter(({ why }) => why === "completed");
      expect(completed).toHaveLength(of("acknowledge").filter((isDone) => isDone === true).length);
      expect(completed.every(({ deliveryCount }) => deliveryCount > 0)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("packet ids go round after 65,535, and leave out those that are pending", () => {
  const queue = new CommandQueue<string>({ ...rules, lockMs: Infinity });
  queue.enqueue("first", Infinity, 0);
  expect(queue.take(0)).toMatchObject([{ packetId: 1 }]);
  let acknowledged = 0;
  for (let sent = 0; sent < 65_534; sent++) {
    queue.enqueue("next", Infinity, 0);
    const [delivery] = queue.take(0);
    if (queue.acknowledge(delivery?.packetId ?? 0, 0)) acknowledged += 1;
  }
  expect(acknowledged).toBe(65_534);
  queue.enqueue("again", Infinity, 0);
  expect(queue.take(0)).toMatchObject([{ message: "again", packetId: 2 }]);
});

test("where deliveries count, a message is given up when the last one's lock ends", () => {
  const gone: Gone<string>[] = [];
  const bounded = { ...rules, deliveryCountMax: 2 };
  const queue = new CommandQueue<string>(bounded, new Map(), (one) => gone.push(one));
  queue.enqueue("refused", Infinity, 0);
  expect(queue.take(0)).toMatchObject([{ deliveryCount: 1 }]);
  expect(queue.take(60)).toMatchObject([{ deliveryCount: 2 }]);
  expect(queue.depth(119)).toBe(1);
  expect(queue.take(120)).toEqual([]);
  expect(queue.depth(120)).toBe(0);
  expect(gone).toEqual([{ message: "refused", deliveryCount: 2, why: "deliveredTooOften" }]);
});
