import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { throttlingLines, watchThrottling } from "../../../src/run/throttling-told.ts";
import type { ThrottlingState } from "../../../src/service/throttling-state.ts";

const HOST = "a-hub.azure-devices.net";

/** A state in which `count` of each kind was held up, refused, used. */
const after = (count: number): ThrottlingState => ({
  hubs: {
    [HOST]: {
      tier: "F1",
      messages: { perDay: 8_000, used: count },
      throttles: {
        connectionsPerS: { perS: 100, delayed: count, refused: 0 },
        twinReadsPerS: { perS: 100 / 60, delayed: count, refused: 2 * count },
        queriesPerS: { perS: null, delayed: 0, refused: 0 },
      },
    },
    "b-hub.azure-devices.net": {
      tier: "none",
      messages: { perDay: null, used: count },
      throttles: {},
    },
  },
  dps: { registrationsPerMinute: 60, serviceOperationsPerMinute: 60, windowS: 60, refused: count },
});

test("what the limits did between two looks is told by service, and nothing else", () => {
  expect(throttlingLines(after(3), after(3))).toEqual([]);
  expect(throttlingLines(after(3), after(5))).toEqual([
    "DPS limits this fleet: 2 requests refused; it takes 60 registrations in 60 s",
    `${HOST} (F1) limits this fleet: connections above 100/s: 2 held up; twin reads above 100/m: 2 held up, 4 refused`,
  ]);
});

test("a quota is told once it is used up, also where the run did not do that alone", () => {
  expect(throttlingLines(after(8_000), after(8_000))).toEqual([
    `${HOST} (F1) limits this fleet: its 8000 messages of this day are used up`,
  ]);
});

test("an emulator that does not tell, or is gone at the end, is no failure; a bug is", async () => {
  const { signal } = new AbortController();
  const gone = new FleetError("UNREACHABLE", "gone");
  const lines = async (...answers: readonly (ThrottlingState | Error)[]) => {
    const left = [...answers];
    const told = await watchThrottling(async () => {
      const answer = left.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError("a bug");
      return answer;
    }, signal);
    return await told();
  };
  expect(await lines(gone)).toEqual([]);
  expect(await lines(after(0), gone)).toEqual([]);
  expect(await lines(after(0), after(1))).toHaveLength(2);
  await expect(lines(after(0))).rejects.toThrow("a bug");
});
