import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatPropertyBag,
  messageBytes,
  parsePropertyBag,
} from "../../../../src/emulator/hub/property-bag.ts";

const text = fc.string({ unit: "grapheme" });
const key = text.filter((value) => value !== "" && !value.startsWith("$."));

test("parsing a bag undoes formatting it", () => {
  const properties = fc.record({
    user: fc.array(fc.tuple(key, text)).map((pairs) => new Map(pairs)),
    system: fc.array(fc.tuple(key, text)).map((pairs) => new Map(pairs)),
  });
  fc.assert(
    fc.property(properties, (given) => {
      expect(parsePropertyBag(formatPropertyBag(given))).toEqual(given);
    }),
  );
});

test("parsing any text never throws", () => {
  fc.assert(
    fc.property(fc.string(), (bag) => {
      expect(() => parsePropertyBag(bag)).not.toThrow();
    }),
  );
});

test("a system property is known with and without an escaped dollar", () => {
  const { system, user } = parsePropertyBag(
    "%24.mid=m%201&$.ct=application%2Fjson&temp=hot%26wet&flag",
  );
  expect([...system]).toEqual([
    ["mid", "m 1"],
    ["ct", "application/json"],
  ]);
  expect([...user]).toEqual([
    ["temp", "hot&wet"],
    ["flag", ""],
  ]);
});

test("a broken escape stays as it is", () => {
  expect([...parsePropertyBag("a=%zz").user]).toEqual([["a", "%zz"]]);
});

test("the size counts body, values of system properties, and names and values of others", () => {
  const properties = parsePropertyBag("$.ct=12345&ab=cde");
  expect(messageBytes(100, properties)).toBe(110);
});
