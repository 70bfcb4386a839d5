import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { expect, test } from "vitest";

import { shellWord } from "../../../src/cli/shell-word.ts";

test("a plain word has no quotes", () => {
  for (const word of ["factory", "certs/ca.cert.pem", "a-b_c.d@e%f+g=h:i,j"])
    expect(shellWord(word)).toBe(word);
});

test("any text is one word of a shell, as it was", () => {
  // Neither a shell nor a program's arguments can carry NUL.
  const texts = fc.sample(
    fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
    200,
  );
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${texts.map(shellWord).join(" ")}`]);
  expect(printed.toString("utf8").split("\0").slice(0, -1)).toEqual(texts);
});
