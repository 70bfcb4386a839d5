import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { formatFleetError } from "../../../src/base/fleet-error-text.ts";

test("an expected failure shows message, code, every problem with its hint, and the hint", () => {
  const error = new FleetError("FILE_INVALID", "the file is wrong", {
    hint: "write another",
    problems: [
      { place: "a.yaml:3", message: "expected x, got y", hint: "did you mean x?" },
      { place: "a.yaml:4", message: "expected z" },
    ],
  });
  expect(formatFleetError(error)).toBe(
    "error: the file is wrong [FILE_INVALID]\n" +
      "  a.yaml:3: expected x, got y\n    did you mean x?\n" +
      "  a.yaml:4: expected z\nhint: write another\n",
  );
});

test("nothing is told twice: a lone problem that is the message, or a hint that is the error's", () => {
  const problem = { place: "a.pem", message: "expected x, got y", hint: "make it anew" };
  const { hint } = problem;
  const lone = new FleetError("FILE_INVALID", "a.pem: expected x, got y", {
    hint,
    problems: [problem],
  });
  expect(formatFleetError(lone)).toBe(
    "error: a.pem: expected x, got y [FILE_INVALID]\nhint: make it anew\n",
  );
  const two = new FleetError("FILE_INVALID", "2 problems", {
    problems: [problem, { ...problem, place: "b.pem" }],
  });
  expect(formatFleetError(two)).toBe(
    "error: 2 problems [FILE_INVALID]\n  a.pem: expected x, got y\n    make it anew\n" +
      "  b.pem: expected x, got y\n",
  );
});

test("further lines of a problem stand under its place", () => {
  const problems = [{ place: "--threshold", message: "no metric\nregs < 3\n^" }];
  const error = new FleetError("USAGE", "wrong", { problems });
  expect(formatFleetError(error)).toContain("\n  --threshold: no metric\n    regs < 3\n    ^\n");
});
