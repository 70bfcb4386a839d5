import { expect, test } from "vitest";

import { GENERATOR_LIMITED, generatorLines } from "../../../src/output/generator-text.ts";
import { LIMITED } from "../../support/results.ts";

const [stall] = LIMITED.reasons;
if (stall === undefined) throw new Error("it has a reason");

test("a generator that kept up is what it used, in a line", () => {
  const generator = { ...LIMITED, limited: false, reasons: [] };
  expect(generatorLines({ generator })).toEqual([
    "workers at most 25 % of a core, what was due waited 1467 ms (p99); machine at most 60 % busy",
  ]);
  expect(generatorLines({ generator: null })).toEqual(["not measured"]);
});

test("of many reasons that the same helps against, the first few are told", () => {
  const reasons = Array.from({ length: 9 }, (_, worker) => ({ ...stall, worker }));
  const lines = generatorLines({ generator: { ...LIMITED, reasons } });
  const told = Array.from({ length: 4 }, () => `- ${stall.text}`);
  expect(lines.slice(1, -1)).toEqual([...told, "- 5 more such times", "  → more workers"]);
});

test("reasons that the same helps against stand together", () => {
  const reasons = [
    stall,
    { ...stall, kind: "machine" as const, worker: null, text: "the machine", mend: "a larger one" },
    { ...stall, worker: 1, text: "worker 1 too" },
  ];
  expect(generatorLines({ generator: { ...LIMITED, reasons } }).slice(0, -1)).toEqual([
    GENERATOR_LIMITED,
    `- ${stall.text}`,
    "- worker 1 too",
    "  → more workers",
    "- the machine",
    "  → a larger one",
  ]);
});
