import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../../src/base/json.ts";
import { AZURE_DEFAULTS } from "../../../../../src/emulator/defaults.ts";
import {
  deviceView,
  newTwin,
  patchReported,
  patchTwin,
  replaceTwin,
  twinEtag,
} from "../../../../../src/emulator/hub/twins/twin.ts";
import { patchFault, propertyBytes } from "../../../../../src/emulator/hub/twins/twin-rules.ts";

const limits = AZURE_DEFAULTS;
const context = { now: "2026-01-01T00:00:00.0000000Z", limits };
const empty = newTwin({ tags: {}, desired: {} }, context.now);

test("a new twin has version 1 of both sections, and the initial twin without its nulls", () => {
  const twin = newTwin({ tags: { t: 1 }, desired: { fan: "on", off: null } }, context.now);
  expect(deviceView(twin)).toEqual({
    desired: { fan: "on", $version: 1 },
    reported: { $version: 1 },
  });
  expect(twin.desired.metadata).toMatchObject({ fan: { $lastUpdatedVersion: 1 } });
});

test("a reported patch moves reported's version alone; the etag stays", () => {
  const patched = patchReported(empty, { a: 1, $version: 99 }, context);
  expect(deviceView(patched)).toEqual({
    desired: { $version: 1 },
    reported: { a: 1, $version: 2 },
  });
  expect(patched.reported.metadata["$lastUpdatedVersion"]).toBeUndefined();
  expect(twinEtag(patched)).toBe(twinEtag(empty));
});

test("a service's patch moves the etag, and the device is told what was applied", () => {
  const { twin, desiredPatch } = patchTwin(empty, { desired: { a: null, b: { c: 1 } } }, context);
  expect(desiredPatch).toEqual({ a: null, b: { c: 1 } });
  expect(twin.desired).toMatchObject({ value: { b: { c: 1 } }, version: 2 });
  expect(twinEtag(twin)).not.toBe(twinEtag(empty));
  expect(patchTwin(twin, { tags: { x: 1 } }, context).desiredPatch).toBeUndefined();
});

test("an update that changes nothing counts as any other", () => {
  expect(patchReported(empty, {}, context).reported.version).toBe(2);
  expect(patchTwin(empty, { desired: {} }, context).twin.desired.version).toBe(2);
});

test("the etag is base64 of eight bytes", () => {
  expect(twinEtag({ ...empty, version: 7 })).toBe("AAAAAAAAAAc=");
});

const KEY = fc.stringMatching(/^[a-z]{1,3}$/);
const VALUE: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constant(null),
  fc.dictionary(KEY, fc.oneof(fc.boolean(), fc.constant(null))),
);
const part = (key: string): JsonObject => ({ [key]: "x".repeat(4000) });
const deep = (levels: number): JsonObject => (levels === 0 ? {} : { a: deep(levels - 1) });

test.for([
  ["a dot in a key", { "a.b": 1 }],
  ["a dollar in a key", { a: { $b: 1 } }],
  ["a blank in a key", { "a b": 1 }],
  ["a control character in a key", { "a\u0085": 1 }],
  ["a key over 1 KB", { [`k${"x".repeat(1024)}`]: 1 }],
  ["a string over 4 KB", { a: "x".repeat(4097) }],
  ["an eleventh level", deep(11)],
  ["an integer above the range", { a: 4_503_599_627_370_496 }],
  ["an integer below the range", { a: -4_503_599_627_370_497 }],
  ["null inside an array", { a: [1, null] }],
] as const)("%s is refused, and so is the whole update", ([, patch]) => {
  expect(() => patchReported(empty, patch, context)).toThrow("Twin update refused");
});

test("what is just within the limits is taken", () => {
  const patch = {
    ...deep(9),
    s: "x".repeat(4096),
    i: [4_503_599_627_370_495, -4_503_599_627_370_496],
    f: 0.5,
  };
  expect(patchFault(patch, limits)).toBeUndefined();
});

test("a section over 32 KB and tags over 8 KB are refused after merging", () => {
  let twin = empty;
  for (const key of ["a", "b", "c", "d", "e", "f", "g", "h"])
    twin = patchReported(twin, part(key), context);
  expect(() => patchReported(twin, part("i"), context)).toThrow("larger than 32768 bytes");
  const tags = { ...part("a"), ...part("b"), ...part("c") };
  expect(() => patchTwin(empty, { tags }, context)).toThrow("larger than 8192 bytes");
});

test("sizes count keys, strings without control characters, 8 for numbers and 4 for booleans", () => {
  expect(propertyBytes({ ab: "ü\u0001", n: 1.5, t: true, l: [1, false], o: { k: "v" } })).toBe(
    2 + 2 + 1 + 8 + 1 + 4 + 1 + 12 + 1 + 2,
  );
});

test("judging and sizing any JSON object never throws", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const patch: JsonObject = JSON.parse(JSON.stringify(value));
      patchFault(patch, limits);
      expect(propertyBytes(patch)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("whatever a section was, replacing it gives what a patch of nothing gives", () => {
  const sections = fc.record(
    { tags: fc.dictionary(KEY, VALUE), desired: fc.dictionary(KEY, VALUE) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(sections, sections, (before, given) => {
      const full = patchTwin(empty, before, context).twin;
      const { twin, desiredPatch } = replaceTwin(full, given, context);
      const fresh = patchTwin(empty, given, context).twin;
      expect(twin.tags).toEqual(given.tags === undefined ? full.tags : fresh.tags);
      expect(twin.desired.value).toEqual(
        given.desired === undefined ? full.desired.value : fresh.desired.value,
      );
      expect(twin.desired.version - full.desired.version).toBe(given.desired === undefined ? 0 : 1);
      expect(desiredPatch).toEqual(given.desired === undefined ? undefined : fresh.desired.value);
      expect(twin.version).toBe(full.version + 1);
    }),
  );
});
