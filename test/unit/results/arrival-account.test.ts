import { expect, test } from "vitest";

import { arrivalText } from "../../../src/output/arrival-text.ts";
import type { ArrivalEvent } from "../../../src/output/output.ts";
import { ArrivalAccount } from "../../../src/results/arrival-account.ts";

const told = (
  t: number,
  reason: ArrivalEvent["reason"],
  [beforePerS, ratePerS]: readonly [number, number],
  started = 0,
): ArrivalEvent => ({ type: "arrival", t, reason, ratePerS, beforePerS, started });

function resultOf(...events: readonly ArrivalEvent[]) {
  const account = new ArrivalAccount();
  for (const event of events) account.observe(event);
  return account.result();
}

test("a run whose plan said when devices start has none", () => {
  expect(resultOf()).toBeNull();
});

test("what pushed back is counted, the first is told, and the last is what was held", () => {
  const result = resultOf(
    told(0, "begin", [0, 5]),
    told(20_000, "raise", [22, 23]),
    told(41_000, "throttled", [23.4, 16.2], 600),
    told(41_500, "refine", [16.2, 15.8], 600),
    told(150_000, "raise", [15.8, 16.7], 2_000),
    told(160_000, "latency", [16.8, 15.1], 2_200),
    told(170_000, "complete", [15.1, 15.1], 2_300),
  );
  expect(result).toEqual({
    way: "adaptive",
    started: 2_300,
    endS: 170,
    highestPerS: 23.4,
    heldPerS: 15.1,
    pushBacks: { throttled: 1, latency: 1 },
    firstPushBack: { reason: "throttled", atS: 41, ratePerS: 23.4 },
  });
  expect(result && arrivalText(result)).toBe("held 15.1/s; first 429 at 23.4/s after 41 s");
});

test("a run that ended while its rate still rose says how far it came", () => {
  const result = resultOf(told(0, "begin", [0, 5]), told(9_000, "raise", [6, 6.156], 50));
  expect(result).toMatchObject({ started: 50, endS: null, heldPerS: null, firstPushBack: null });
  expect(result && arrivalText(result)).toBe("nothing pushed back up to 6.16/s");
});
