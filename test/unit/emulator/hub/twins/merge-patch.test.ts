import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../../src/base/json.ts";
import { isJsonObject } from "../../../../../src/base/json.ts";
import { mergePatch, stampMetadata } from "../../../../../src/emulator/hub/twins/merge-patch.ts";

const object = fc
  .dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 3 }))
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));

/** What a merge never leaves behind. */
function hasNull(value: Json): boolean {
  return value === null || (isJsonObject(value) && Object.values(value).some(hasNull));
}

test("a patch is applied once: applying it again changes nothing", () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

test("an empty patch changes nothing, and a patch on nothing keeps all but its nulls", () => {
  fc.assert(
    fc.property(object, (value) => {
      expect(mergePatch(value, {})).toEqual(value);
      expect(hasNull(mergePatch({}, value))).toBe(false);
    }),
  );
});

test("neither target nor patch is changed", () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const before = JSON.stringify([target, patch]);
      mergePatch(target, patch);
      expect(JSON.stringify([target, patch])).toBe(before);
    }),
  );
});

test("a member named __proto__ is a member like any other", () => {
  const patch: JsonObject = JSON.parse('{"__proto__":{"polluted":1}}');
  const merged = mergePatch({}, patch);
  expect(Object.keys(merged)).toEqual(["__proto__"]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

// RFC 7396, appendix A.
test.for([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
] as const satisfies readonly (readonly [JsonObject, JsonObject, JsonObject])[])(
  "RFC 7396: %j patched by %j is %j",
  ([target, patch, wanted]) => {
    expect(mergePatch(target, patch)).toEqual(wanted);
  },
);

test("metadata mirrors the properties: a stamp on each level that changed, the old one elsewhere", () => {
  const first = { $lastUpdated: "1", $lastUpdatedVersion: 1 };
  const second = { $lastUpdated: "2", $lastUpdatedVersion: 2 };
  const value = { a: { b: 1, c: 2 }, d: [1] };
  const before = stampMetadata({}, value, value, first);
  const patch = { a: { b: null, e: 5 } };
  const after = stampMetadata(before, patch, mergePatch(value, patch), second);
  expect(after).toEqual({ ...second, a: { ...second, c: first, e: second }, d: first });
});

test("metadata has the keys of the value, at every level", () => {
  const keysOf = (value: Json): unknown =>
    isJsonObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key]) => !key.startsWith("$"))
            .map(([key, member]) => [key, keysOf(member)]),
        )
      : {};
  const plain = object.filter((value) => !JSON.stringify(value).includes("$"));
  fc.assert(
    fc.property(plain, plain, (first, patch) => {
      const stamp = { $lastUpdated: "now" };
      const value = mergePatch({}, first);
      const merged = mergePatch(value, patch);
      const metadata = stampMetadata(stampMetadata({}, value, value, stamp), patch, merged, stamp);
      expect(keysOf(metadata)).toEqual(keysOf(merged));
    }),
  );
});
