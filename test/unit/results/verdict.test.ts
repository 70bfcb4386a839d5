import { expect, test } from "vitest";

import type { VerdictFacts } from "../../../src/results/verdict.ts";
import { decide } from "../../../src/results/verdict.ts";

const good: VerdictFacts = {
  interrupted: false,
  stoppedArriving: false,
  failureCode: undefined,
  toAdmit: 30,
  admitted: 30,
  lostForGood: 0,
  thresholds: [{ passed: true }, { passed: null }],
  strict: [],
};

test.each([
  ["a run that kept all thresholds passes", {}, "passed", 0],
  ["a failed threshold ends 99", { thresholds: [{ passed: false }] }, "failed", 99],
  [
    "a threshold that cannot be measured decides nothing",
    { thresholds: [{ passed: null }] },
    "passed",
    0,
  ],
  ["what --strict finds ends 99", { strict: [{}] }, "failed", 99],
  ["lost workers win over what --strict finds", { lostForGood: 1, strict: [{}] }, "failed", 4],
  [
    "lost workers win over thresholds",
    { lostForGood: 1, thresholds: [{ passed: false }] },
    "failed",
    4,
  ],
  ["not one device assigned wins over lost workers", { admitted: 0, lostForGood: 1 }, "failed", 3],
  ["an unreachable service ends 3", { admitted: 0, failureCode: 3 }, "failed", 3],
  [
    "a fleet of which nobody is to be let in needs nobody",
    { toAdmit: 0, admitted: 0 },
    "passed",
    0,
  ],
  [
    "an interrupted run wins over all that",
    { interrupted: true, admitted: 0, lostForGood: 1 },
    "interrupted",
    130,
  ],
  [
    "a run without a duration that is stopped while devices arrive is not judged",
    { stoppedArriving: true, admitted: 0, thresholds: [{ passed: false }] },
    "interrupted",
    0,
  ],
  ["lost workers are told even then", { stoppedArriving: true, lostForGood: 1 }, "failed", 4],
  ["a wrong file wins over an interruption", { interrupted: true, failureCode: 2 }, "failed", 2],
  ["workers that never started end 4", { admitted: 0, failureCode: 4 }, "failed", 4],
] satisfies [string, Partial<VerdictFacts>, string, number][])(
  "%s",
  (_name, facts, verdict, exitCode) => {
    expect(decide({ ...good, ...facts })).toEqual({ verdict, exitCode });
  },
);
