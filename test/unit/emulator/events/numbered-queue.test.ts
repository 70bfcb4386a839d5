import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberedQueue } from "../../../../src/emulator/events/numbered-queue.ts";

test("members keep their numbers while others come and go, as in an array that forgets nothing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 1500 })), {
        maxLength: 6,
      }),
      fc.constantFrom(0, 1),
      (rounds, first) => {
        const queue = new NumberedQueue<{ readonly n: number }>(first);
        let [pushed, shifted] = [0, 0];
        for (const [pushes, shifts] of rounds) {
          for (let n = 0; n < pushes; n++) queue.push({ n: pushed++ });
          for (let n = 0; n < shifts; n++) {
            const expected = shifted < pushed ? { n: shifted++ } : undefined;
            expect(queue.shift()).toEqual(expected);
          }
          expect([queue.first, queue.next]).toEqual([first + shifted, first + pushed]);
          expect(queue.at(queue.first)?.n).toBe(shifted < pushed ? shifted : undefined);
          expect(queue.at(queue.next - 1)?.n).toBe(shifted < pushed ? pushed - 1 : undefined);
          expect([queue.at(queue.first - 1), queue.at(queue.next)]).toEqual([undefined, undefined]);
          const middle = Math.floor((shifted + pushed) / 2);
          expect(queue.find(({ n }) => n >= middle)).toBe(first + middle);
        }
      },
    ),
    { numRuns: 20 },
  );
});
