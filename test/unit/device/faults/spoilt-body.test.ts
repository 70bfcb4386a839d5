import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonMembers } from "../../../../src/device/faults/json-member.ts";
import { padded, withNaN, withWrongType } from "../../../../src/device/faults/spoilt-body.ts";

/** The members of a JSON value, found by walking through it. */
function walked(value: unknown, path: readonly string[]): readonly [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path.join("."), value]];
  return Object.entries(value).flatMap(([key, inner]) => walked(inner, [...path, key]));
}

test("members of a JSON text are those of its value, in their order", () => {
  // A key with an escape is named as it is written.
  const plain = fc.stringMatching(/^[ !#-[\]-~äß€]{0,8}$/);
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value")),
      fc.dictionary(plain, tie("value")),
    ),
  })).value;
  fc.assert(
    fc.property(tree, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const parsed: unknown = JSON.parse(text);
      const found = jsonMembers(text).map((one) => [one.path, JSON.parse(one.text)]);
      expect(found).toEqual(walked(parsed, []));
    }),
  );
});

test("what is no JSON has no members, and looking at it never throws", () => {
  expect(jsonMembers('{"a":1')).toEqual([]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(Array.isArray(jsonMembers(text))).toBe(true);
    }),
  );
});

test.each([
  [
    '{"sensorID":"S1","temperature":85.0,"humidity":60}',
    undefined,
    '{"sensorID":"S1","temperature":NaN,"humidity":60}',
  ],
  ['{"temperature":"85.00","humidity":"60"}', undefined, '{"temperature":"NaN","humidity":"60"}'],
  ['{"a":1,"b":{"c":[2,3]}}', "b.c.1", '{"a":1,"b":{"c":[2,NaN]}}'],
  ['{"a":true}', "a", '{"a":true}'],
  ['{"a":1}', "b", '{"a":1}'],
  ["temperature 85", undefined, "temperature 85"],
])("not a number: %s at %s becomes %s", (body, field, expected) => {
  expect(withNaN(body, field)).toBe(expected);
});

test.each([
  ['{"sensorID":"S1","temperature":85.0}', undefined, '{"sensorID":"S1","temperature":"85.0"}'],
  ['{"temperature":"85.00"}', undefined, '{"temperature":85.00}'],
  ['{"sensorID":"S1","temperature":85}', "sensorID", '{"sensorID":0,"temperature":85}'],
  ['{"fan":true}', "fan", '{"fan":"true"}'],
  ['{"fan":"on"}', undefined, '{"fan":"on"}'],
])("wrong type: %s at %s becomes %s", (body, field, expected) => {
  expect(withWrongType(body, field)).toBe(expected);
});

test("a padded body has its size in bytes and says the same", () => {
  const body = '{"ort":"Käserei"}';
  const long = padded(body, 1_000);
  expect(Buffer.byteLength(long)).toBe(1_000);
  expect(JSON.parse(long)).toEqual(JSON.parse(body));
  expect(padded(body, 5)).toBe(body);
});
