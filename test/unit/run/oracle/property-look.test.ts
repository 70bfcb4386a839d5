import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/base/json.ts";
import type { PropertyLook } from "../../../../src/run/oracle/property-look.ts";
import { propertyLooks } from "../../../../src/run/oracle/property-look.ts";

test.for<
  readonly [
    reported: JsonObject,
    inner: JsonObject,
    verdict: PropertyLook["verdict"],
    said?: Partial<PropertyLook>,
  ]
>([
  [{}, {}, "notEchoed"],
  [{ a: null }, { b: 5 }, "notEchoed"],
  [{ a: 5 }, {}, "agrees", { reported: 5 }],
  [{ a: "5.0" }, { a: 5 }, "agrees"],
  [{}, { a: 5 }, "agrees", { inner: 5 }],
  [{ a: { value: 5, ac: 202, av: 3 } }, { a: 5 }, "agrees", { reported: 5, ac: 202 }],
  [{ a: 4 }, {}, "notFollowed"],
  [{}, { a: 4 }, "notFollowed"],
  [{}, { a: null }, "notFollowed", { inner: null }],
  [{ a: 4 }, { a: 4 }, "notFollowed"],
  [{ a: { value: 4, ac: 200, av: 2 } }, { a: 4 }, "notFollowed"],
  [{ a: 4 }, { a: 5 }, "wronglyReported"],
  [{ a: 5 }, { a: 4 }, "onlyReported"],
  [{ a: { value: 4, ac: 400, av: 3 } }, { a: 4 }, "refused", { reported: 4, ac: 400 }],
])("5 desired, %j reported, the device has %j: %s", ([reported, inner, verdict, said = {}]) => {
  const [look] = propertyLooks({ a: 5 }, reported, inner);
  expect(look).toMatchObject({ property: "a", desired: 5, verdict, ...said });
});

test("components are gone through to their values, without their mark", () => {
  const desired = { thermostat: { __t: "c", target: 5, mode: "eco" }, on: true };
  const reported = { thermostat: { __t: "c", target: { value: 5, ac: 200, av: 1 }, mode: "max" } };
  const inner = { thermostat: { mode: "eco" }, on: false };
  const looks = propertyLooks(desired, reported, inner);
  expect(looks.map(({ property, verdict }) => [property, verdict])).toEqual([
    ["thermostat.target", "agrees"],
    ["thermostat.mode", "wronglyReported"],
    ["on", "notFollowed"],
  ]);
});

const section = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(fc.integer(), fc.string(), fc.boolean()),
);

test("what is shown and held as it is desired agrees, and every property is looked at once", () => {
  fc.assert(
    fc.property(section, section, section, (desired, reported, inner) => {
      const names = Object.keys(desired);
      const looks = propertyLooks(desired, reported, inner);
      expect(looks.map(({ property }) => property)).toEqual(names);
      const same = propertyLooks(desired, { ...reported, ...desired }, { ...inner, ...desired });
      expect(same.every(({ verdict }) => verdict === "agrees")).toBe(true);
      const silent = propertyLooks(desired, {}, {});
      expect(silent.every(({ verdict }) => verdict === "notEchoed")).toBe(true);
    }),
  );
});
