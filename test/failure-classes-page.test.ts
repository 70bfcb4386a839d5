import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { FAILURE_CLASSES } from "../src/base/failure.ts";
import { FAILURE_WORDS } from "../src/base/failure-words.ts";

test("docs/errors.md says of each class of failure what the report says", () => {
  const rows = readFileSync("docs/errors.md", "utf8").matchAll(
    /^\| `(\w+)` +\| (.+?) +\| (.+?) +\|$/gm,
  );
  const told = Array.from(rows, ([, name, means, mend]) => [name, means, mend]).filter(
    ([name = ""]) => name in FAILURE_WORDS,
  );
  expect(told).toEqual(
    FAILURE_CLASSES.map((name) => [name, FAILURE_WORDS[name].means, FAILURE_WORDS[name].mend]),
  );
});
