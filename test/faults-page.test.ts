import { readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { faultsPage } from "../scripts/faults-page.ts";

test("docs/faults.md is what the catalogue says; if not, run `npm run build && npm run schemas`", async () => {
  const page = await format(faultsPage(), { parser: "markdown", printWidth: 100 });
  expect(readFileSync("docs/faults.md", "utf8")).toBe(page);
});
