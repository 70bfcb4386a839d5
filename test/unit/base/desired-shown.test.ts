import fc from "fast-check";
import { expect, test } from "vitest";

import { acknowledgment, showsDesired } from "../../../src/base/desired-shown.ts";

const scalar = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const desired = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), scalar);

test("a section shows each of its own values, flat and as { value, ac, av }", () => {
  fc.assert(
    fc.property(desired, (section) => {
      expect(showsDesired(section, section)).toBe(true);
      const wrapped = Object.fromEntries(
        Object.entries(section).map(([key, value]) => [key, { value, ac: 200, av: 1 }]),
      );
      expect(showsDesired(section, wrapped)).toBe(true);
    }),
  );
});

test.each([
  [{ a: 1 }, {}, false],
  [{ a: 1 }, { a: 2 }, false],
  [{ a: "1" }, { a: 1 }, true],
  [{ a: "" }, { a: 0 }, false],
  [{ a: null }, {}, true],
  [{ a: null }, { a: 1 }, false],
  [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }, true],
  [{ a: { b: 1 } }, { a: { b: 2 } }, false],
  [{ a: [1, 2] }, { a: [1, 2] }, true],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{ a: [1, 2] }, { a: [1, 2, 3] }, false],
  [{ a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }, true],
  [{ a: [1] }, { a: { value: [1], ac: 200, av: 1 } }, true],
])("%j in %j: %s", (wanted, section, shown) => {
  expect(showsDesired(wanted, section)).toBe(shown);
});

test.each([
  [50, 50, "shown"],
  [50, 51, "open"],
  [50, undefined, "open"],
  [50, { value: 50 }, "shown"],
  [50, { value: 50, ac: 200, av: 3 }, "shown"],
  [50, { value: 50, ac: 200, av: 4 }, "shown"],
  [50, { value: 50, ac: 200, av: 2 }, "open"],
  [50, { value: 50, ac: 202, av: 3 }, "open"],
  [50, { value: 50, ac: 400, av: 3 }, "refused"],
  [50, { value: 50, ac: 400, av: 2 }, "open"],
  [50, { value: 51, ac: 200, av: 3 }, "open"],
  [null, undefined, "shown"],
  [null, 1, "open"],
  [{ a: 1, b: 2 }, { a: 1, b: { value: 2, ac: 200, av: 3 } }, "shown"],
  [{ a: 1, b: 2 }, { a: 1, b: { value: 2, ac: 500, av: 3 } }, "refused"],
  [{ a: 1, b: 2 }, { a: 1 }, "open"],
  [{ __t: "c", a: 1 }, { a: 1 }, "shown"],
] as const)("%j as version 3, reported as %j: %s", (wanted, shown, said) => {
  expect(acknowledgment(wanted, shown, 3)).toBe(said);
});
