import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { EXIT_CODES, FleetError } from "../../../src/base/errors.ts";
import { formatFleetError, printError } from "../../../src/cli/print-error.ts";

function sink(): { write: (text: string) => boolean; text: () => string } {
  let all = "";
  return {
    write: (text) => {
      all += text;
      return true;
    },
    text: () => all,
  };
}

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

test("an expected failure ends with its exit code and shows no stack", () => {
  const output = sink();
  expect(printError(new FleetError("UNREACHABLE", "no answer"), output)).toBe(3);
  expect(output.text()).not.toContain("    at ");
});

test("anything else is a bug: exit code 1, with its stack", () => {
  const output = sink();
  expect(printError(new TypeError("x is undefined"), output)).toBe(1);
  expect(output.text()).toContain("bug in dps-fleet");
  expect(output.text()).toContain("    at ");
});

test("docs/errors.md lists exactly the codes that there are, with their exit codes", () => {
  const rows = readFileSync("docs/errors.md", "utf8").matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\|/gm);
  const documented = Object.fromEntries([...rows].map(([, code, exit]) => [code, Number(exit)]));
  expect(documented).toEqual(EXIT_CODES);
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
