import { expect, test } from "vitest";
import { phaseProblems } from "../../../src/plan/phase-problems.ts";

const phases = [
  { name: "arrival", atMs: 0 },
  { name: "steady", atMs: 30_000 },
];

test("a phase that begins when the run is over is told", () => {
  expect(phaseProblems({ phases, durationMs: 30_000 })).toEqual([
    {
      place: "phases[1].at",
      message: "expected a time before the end of the run, 30s, got 30s",
      hint: 'let the run last longer, or "steady" begin earlier',
    },
  ]);
  expect(phaseProblems({ phases, durationMs: 30_001 })).toEqual([]);
  expect(phaseProblems({ phases, durationMs: undefined })).toEqual([]);
});
