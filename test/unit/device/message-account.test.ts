import fc from "fast-check";
import { expect, test } from "vitest";

import { MessageAccount } from "../../../src/device/message-account.ts";
import { countOf } from "../../../src/metrics/seq-ranges.ts";

/** Anything that may happen, in any order, also twice and to numbers that were never given. */
const happenings = fc.array(
  fc.oneof(
    fc.constant({ do: "next" as const, seq: 0 }),
    fc.record({
      do: fc.constantFrom("acknowledge" as const, "fail" as const),
      seq: fc.integer({ min: -1, max: 20 }),
    }),
  ),
  { maxLength: 100 },
);

test("whatever happens in whatever order, a message is settled at most once, and only after it was sent", () => {
  fc.assert(
    fc.property(happenings, fc.integer({ min: 1, max: 10 }), (all, first) => {
      const account = new MessageAccount(first);
      const settled = new Set<number>();
      let given = first - 1;
      for (const { do: what, seq } of all) {
        const isFirst = seq >= first && seq <= given && !settled.has(seq);
        const [told, wanted] =
          what === "next" ? [account.next(), (given += 1)] : [account[what](seq), isFirst];
        expect(told).toBe(wanted);
        if (what !== "next" && isFirst) settled.add(seq);
        const { sent, acked, failed, ackedSeqs, failedSeqs } = account.counts;
        expect({ sent, settled: acked + failed }).toEqual({
          sent: given - first + 1,
          settled: settled.size,
        });
        expect(account.counts.firstSeq ?? 1).toBe(first);
        expect(sent - acked - failed).toBeGreaterThanOrEqual(0);
        expect([countOf(ackedSeqs), countOf(failedSeqs)]).toEqual([acked, failed]);
      }
    }),
  );
});
