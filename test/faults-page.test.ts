import { readdirSync, readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { faultsPage } from "../scripts/faults-page.ts";
import { FAULT_NAMES } from "../src/base/fault-kinds.ts";

test("docs/faults.md is what the catalogue says; if not, run `npm run build && npm run schemas`", async () => {
  const page = await format(faultsPage(), { parser: "markdown", printWidth: 100 });
  expect(readFileSync("docs/faults.md", "utf8")).toBe(page);
});

test("every kind has a test with Microsoft's SDK, which begins with its name", () => {
  const files = readdirSync("test/integration").filter((name) => /faults.*\.test\.ts$/.test(name));
  const tests = files.map((name) => readFileSync(`test/integration/${name}`, "utf8")).join("\n");
  expect(FAULT_NAMES.filter((name) => !tests.includes(`"${name}: `))).toEqual([]);
});
