import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scenarioJsonSchema } from "../../../src/scenario/schema.ts";

test("docs/scenario.schema.json is what the code checks; if not, run `npm run build && npm run schemas`", () => {
  const file = new URL("../../../docs/scenario.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(scenarioJsonSchema())),
  );
});

test("the schema asks only for what has no default", () => {
  expect(scenarioJsonSchema()).toMatchObject({
    required: ["name", "provisioning", "fleet"],
    additionalProperties: false,
  });
});
