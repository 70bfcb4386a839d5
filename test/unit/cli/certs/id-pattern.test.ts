import fc from "fast-check";
import { expect, test } from "vitest";

import { idsOfPattern, LEAVES_MAX } from "../../../../src/cli/certs/id-pattern.ts";

test("a range names its ids in order, with as many digits as it was written with", () => {
  expect(idsOfPattern("cave{1..3}")).toEqual(["cave1", "cave2", "cave3"]);
  expect(idsOfPattern("cave{001..100}")).toHaveLength(100);
  expect(idsOfPattern("cave{098..100}")).toEqual(["cave098", "cave099", "cave100"]);
  expect(idsOfPattern("line{a,b}-{1..2}")).toEqual(["linea-1", "linea-2", "lineb-1", "lineb-2"]);
  expect(idsOfPattern("one")).toEqual(["one"]);
});

test("a range has as many ids as it says", () => {
  fc.assert(
    fc.property(fc.nat(9_000), fc.nat(500), (first, more) => {
      const ids = idsOfPattern(`d{${first}..${first + more}}`);
      expect(ids).toHaveLength(more + 1);
    }),
  );
});

test("what is absurdly large is refused before it is built", () => {
  const problem = expect.stringContaining(`at most ${LEAVES_MAX} ids`);
  expect(idsOfPattern("d{1..1000000000}")).toEqual({ problem });
  expect(idsOfPattern("{1..99}{1..99}{1..99}")).toEqual({ problem });
});

test("whatever is written, nothing throws, and no id has a brace", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (pattern) => {
      const ids = idsOfPattern(pattern);
      expect("problem" in ids ? "" : ids.join("")).not.toMatch(/[{}]/);
    }),
  );
  expect(idsOfPattern("d{1..")).toEqual({ problem: expect.stringContaining('got "d{1.."') });
});
