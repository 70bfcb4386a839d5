import fc from "fast-check";
import { expect, test } from "vitest";

import { FleetError } from "../../src/base/errors.ts";
import { junitXml } from "../../src/output/junit.ts";
import { refusedRow, runResults } from "../support/results.ts";
import { hasXmllint, junitProblems, xpathString } from "../support/xmllint.ts";

/** All that is special in XML or not allowed in it, and an end of CDATA. */
const odds = (forbidden: (character: string) => string): string =>
  `a \t\n\r&<>"']]>\u2028é🧀${["\u001B", "\0", "\b", "\uFFFE", "\uD800"].map(forbidden).join("x")}`;
const ODD = odds((character) => character);
const READ = odds(() => "\uFFFD");

const odd = (text: string): string => {
  const threshold = { expression: text, observed: 1, unit: "ms" } as const;
  return junitXml(
    runResults({
      scenario: text,
      rows: [refusedRow(text, text)],
      thresholds: [
        { ...threshold, passed: true },
        { ...threshold, passed: false },
        { ...threshold, observed: null, passed: null },
      ],
      verdict: "failed",
      exitCode: 3,
      failure: new FleetError("UNREACHABLE", text, {
        problems: [{ place: text, message: text }],
        hint: text,
      }),
    }),
  );
};

test.skipIf(!hasXmllint)("the schema would find a mistake in junit.xml", () => {
  const document = odd("x");
  expect(junitProblems(document)).toBe("");
  const wrong = document.replace('time="30.250"', 'time="30 s"');
  expect(junitProblems(wrong)).toContain("'30 s' is not accepted");
});

test.skipIf(!hasXmllint)("junit.xml fits the schema, however odd its texts", () => {
  const texts = fc.array(fc.string({ unit: "binary" }), { minLength: 50, maxLength: 100 });
  fc.assert(
    fc.property(texts, ([text = "", ...others]) => {
      const thresholds = others.map((expression) => ({
        expression,
        observed: null,
        unit: "ms",
        passed: false,
      }));
      expect(junitProblems(junitXml(runResults({ scenario: text, thresholds })))).toBe("");
      expect(junitProblems(odd(text))).toBe("");
    }),
    { numRuns: 4 },
  );
});

test.skipIf(!hasXmllint)("texts of others are read back from junit.xml as they were", () => {
  const document = odd(ODD);
  expect(junitProblems(document)).toBe("");
  expect(xpathString(document, "//testcase[2]/@name")).toBe(READ);
  expect(xpathString(document, "//error/@message")).toBe(READ);
  expect(xpathString(document, "//error")).toContain(`error: ${READ} [UNREACHABLE]`);
});
