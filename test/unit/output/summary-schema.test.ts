import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { summaryJsonSchema, summarySchema } from "../../../src/output/summary-schema.ts";

test("docs/summary.schema.json is what `npm run schemas` writes", () => {
  const written: unknown = JSON.parse(readFileSync("docs/summary.schema.json", "utf8"));
  expect(written).toEqual(JSON.parse(JSON.stringify(summaryJsonSchema())));
});

test("a summary with an unknown member is refused", () => {
  const { error } = summarySchema.safeParse({ extra: 1 });
  expect(error?.issues.some(({ code }) => code === "unrecognized_keys")).toBe(true);
});
