import fc from "fast-check";
import { expect, test } from "vitest";

import type { JsonObject } from "../../../src/base/json.ts";
import { mergePatch } from "../../../src/emulator/hub/twins/merge-patch.ts";
import { replacementPatch } from "../../../src/service/replacement-patch.ts";

const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z]{0,3}$/));
/** Twins hold no null: it removes. */
const section: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject }>((tie) => ({
  object: fc.dictionary(
    fc.constantFrom("a", "b", "c", "__proto__"),
    fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 2 }), tie("object")),
    { maxKeys: 3 },
  ),
})).object;

test("merged into what is there, it gives what is wanted", () => {
  fc.assert(
    fc.property(section, section, (current, wanted) => {
      const merged = mergePatch(current, replacementPatch(current, wanted));
      expect(JSON.parse(JSON.stringify(merged))).toEqual(JSON.parse(JSON.stringify(wanted)));
    }),
  );
});

test("null stands for nothing", () => {
  expect(replacementPatch({ a: 1 }, { a: null, b: null })).toEqual({ a: null });
  expect(replacementPatch({}, { a: { b: null, c: 1 } })).toEqual({ a: { c: 1 } });
});
