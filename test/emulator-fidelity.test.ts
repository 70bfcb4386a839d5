import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PAGE = readFileSync("docs/emulator-fidelity.md", "utf8");

/** `dps: "a part of a title", "another"`: a test file by its short name, and what its titles say. */
const EVIDENCE = /([a-z][a-z0-9/-]*): ((?:"[^"]+"(?:, )?)+)/g;

/** Titles of tests, and the labels of their cases. */
const TITLE = /(?:^\s*test|\)|\[)\(?\s*"([^"\n]+)",/gm;

function fileOf(name: string): string {
  const integration = `test/integration/emulator-${name === "api" ? "service-api" : name}.test.ts`;
  if (existsSync(integration)) return integration;
  const conformance = `test/conformance/${name}.test.ts`;
  return existsSync(conformance) ? conformance : `test/unit/emulator/${name}.test.ts`;
}

const titlesOf = (file: string): string[] =>
  existsSync(file)
    ? [...readFileSync(file, "utf8").matchAll(TITLE)].map(([, title]) => title ?? "")
    : [];

const evidenceOf = (text: string): (readonly [name: string, title: string])[] =>
  [...text.matchAll(EVIDENCE)].flatMap(([, name = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => [name, title] as const),
  );

test("every row that claims to be as Azure names a test", () => {
  const rows = PAGE.split("\n").filter((line) => /^\|[^|]+\| same\b/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => evidenceOf(row).length === 0)).toEqual([]);
});

test("every test that the page names exists", () => {
  const missing = evidenceOf(PAGE).filter(
    ([name, part]) => !titlesOf(fileOf(name)).some((title) => title.includes(part)),
  );
  expect(missing).toEqual([]);
});
