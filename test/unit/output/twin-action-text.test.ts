import { expect, test } from "vitest";

import type { TwinStraggler } from "../../../src/output/twin-summary.ts";
import {
  missedLines,
  missedText,
  stragglerLines,
  stragglerText,
} from "../../../src/output/twin-action-text.ts";

const straggler = (changes: Partial<TwinStraggler>): TwinStraggler => ({
  registrationId: "cave-7",
  why: "notReceived",
  round: 3,
  patchedS: 12.3,
  version: 5,
  receivedVersion: 4,
  reported: null,
  ms: null,
  state: "reconnecting",
  disconnectedS: 11,
  error: "reset",
  ...changes,
});

test("a straggler is told with what is known of it", () => {
  expect(stragglerText(straggler({}))).toBe(
    "cave-7 never got version 5; patched at 12.3 s; last got version 4; reconnecting; connection lost at 11.0 s; reset",
  );
  const well = { receivedVersion: 5, state: null, disconnectedS: null, error: null } as const;
  const textOf = (changes: Partial<TwinStraggler>): string =>
    stragglerText(straggler({ ...well, ...changes }));
  expect(textOf({ why: "late", ms: 31_000 })).toBe(
    "cave-7 acknowledged version 5 late, after 31.00 s; patched at 12.3 s",
  );
  expect(textOf({ why: "otherValue", reported: { temperature: 51 } })).toBe(
    'cave-7 got version 5 and reports {"temperature":51}; patched at 12.3 s',
  );
  expect(textOf({ why: "refused", reported: { temperature: { value: 9, ac: 400 } } })).toBe(
    'cave-7 refused version 5: {"temperature":{"value":9,"ac":400}}; patched at 12.3 s',
  );
  expect(textOf({ why: "notAcknowledged" })).toBe(
    "cave-7 got version 5 and reported nothing of it; patched at 12.3 s",
  );
  const never = { patchedS: null, version: null, receivedVersion: null } as const;
  expect(textOf({ ...never, why: "notPatched", error: "the hub is gone" })).toBe(
    "cave-7 was not patched; the hub is gone",
  );
});

test("of many stragglers the first few are named", () => {
  const some = Array.from({ length: 5 }, (_, at) => straggler({ registrationId: `cave-${at}` }));
  const lines = stragglerLines({ stragglers: 40, selected: 50, stragglersNamed: some });
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe("40 of 50 did not show the last values in time");
  expect(lines.at(-1)).toBe("- and 37 more");
  expect(stragglerLines({ stragglers: 0, selected: 50, stragglersNamed: [] })).toEqual([]);
});

test("what a device was never pushed is told by its rounds", () => {
  const device = {
    registrationId: "cave-7",
    versions: 3,
    rounds: [
      [1, 1],
      [3, 4],
    ],
    healed: true,
  } as const;
  expect(missedText(device)).toBe(
    "cave-7 was never pushed rounds 1, 3 to 4, and read what was in them",
  );
  expect(missedText({ ...device, versions: 1, rounds: [[2, 2]], healed: false })).toBe(
    "cave-7 was never pushed round 2, and did not read what was in them",
  );
  expect(missedLines({ missedBy: [device, device, device, device] }).at(-1)).toBe(
    "and 1 more missed some",
  );
});
