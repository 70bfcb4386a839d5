import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { EXIT_CODES, FleetError } from "../../../src/base/errors.ts";
import { printError } from "../../../src/cli/print-error.ts";

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
