import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { METRICS } from "../src/metrics/catalog.ts";
import { parseThreshold } from "../src/metrics/thresholds.ts";
import { thresholdEntry } from "../src/scenario/threshold-entry.ts";

const page = readFileSync("docs/thresholds.md", "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );
const words = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);

test("every threshold on the page is one", () => {
  const listed = blocks("yaml").flatMap((text): unknown[] => parse(text).thresholds);
  const inText = words.filter((text) => /^[a-z_]+_?(\{.*\})? .*[<=>]/.test(text));
  expect(listed.length + inText.length).toBeGreaterThan(12);
  const problems = [...listed, ...inText].flatMap(
    (threshold) => thresholdEntry.safeParse(threshold).error?.issues ?? [],
  );
  expect(problems).toEqual([]);
});

test("every mistake on the page is told as it stands there", () => {
  const shown = blocks("text").map((text) => text.trimEnd().split("\n"));
  expect(shown.length).toBeGreaterThan(2);
  for (const [threshold = "", ...told] of shown) {
    const parsed = parseThreshold(threshold);
    expect("problem" in parsed ? parsed.problem.split("\n") : []).toEqual(told);
  }
});

test("every label of a metric is on the page, and metrics that cannot end a run are named", () => {
  const labels = new Set(Object.values(METRICS).flatMap((info): readonly string[] => info.labels));
  for (const label of labels) expect(words).toContain(label);
  const endOnly = Object.entries(METRICS).flatMap(([name, info]) =>
    "endOnly" in info ? [name] : [],
  );
  expect(words).toEqual(expect.arrayContaining(endOnly));
});
