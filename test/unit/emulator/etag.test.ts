import { expect, test } from "vitest";
import { newEtag, requireMatch, unquote } from "../../../src/emulator/etag.ts";

test("a tag matches with and without quotes, a star matches what exists, no header matches all", () => {
  const tag = newEtag("1");
  for (const ifMatch of [tag, `"${tag}"`, "*", '"*"', undefined])
    expect(() => requireMatch(ifMatch, tag)).not.toThrow();
  expect(() => requireMatch(undefined, undefined)).not.toThrow();
});

test("a weak tag matches as a strong one does", () => {
  const tag = newEtag("1");
  for (const ifMatch of [`W/"${tag}"`, `W/${tag}`])
    expect(() => requireMatch(ifMatch, tag)).not.toThrow();
  expect(() => requireMatch('W/"other"', tag)).toThrow("Precondition failed");
});

test("another tag, and any tag of what does not exist, is refused", () => {
  expect(() => requireMatch("other", newEtag("1"))).toThrow("Precondition failed");
  expect(() => requireMatch("*", undefined)).toThrow("Precondition failed");
  expect(() => requireMatch("x", undefined)).toThrow("Precondition failed");
});

test("only one pair of quotes is taken off", () => {
  expect([unquote('"a"'), unquote("a"), unquote('""a""'), unquote('"')]).toEqual([
    "a",
    "a",
    '"a"',
    '"',
  ]);
});
