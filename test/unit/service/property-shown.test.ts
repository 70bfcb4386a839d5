import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";

import type { Json, JsonObject } from "../../../src/base/json.ts";
import { stampMetadata } from "../../../src/emulator/hub/twins/merge-patch.ts";
import { allShownMs, propertiesShown } from "../../../src/service/property-shown.ts";

const PATCHED = "2026-01-01T12:00:00.000Z";
const BEFORE = "2026-01-01T11:59:59.999Z";
const AFTER = "2026-01-01T12:00:01.500Z";
const ms = (time: string): number => Date.parse(time);

const patchOf = (desired: JsonObject) => ({ desired, version: 5, atMs: ms(PATCHED) });
/** Reported properties that were all written at one time. */
const reportedAt = (time: string, values: JsonObject) => ({
  values,
  metadata: stampMetadata({}, values, values, { $lastUpdated: time }),
});
const stateOf = (desired: Json, time: string, reported: Json) =>
  propertiesShown(patchOf({ t: desired }), reportedAt(time, { t: reported }))[0];

test.for<readonly [desired: Json, time: string, reported: Json, state: string]>([
  [5, AFTER, 5, "shown"],
  [5, PATCHED, 5, "shown"],
  [5, BEFORE, 5, "earlier"],
  [5, AFTER, 6, "differs"],
  [[1, { a: 2 }], AFTER, [1, { a: 2 }], "shown"],
  [[1], AFTER, [2], "differs"],
  [5, AFTER, { value: 5, ac: 200, av: 5 }, "shown"],
  [5, AFTER, { value: 5, ac: 200, av: 6 }, "shown"],
  [5, AFTER, { value: 5, ac: 200, av: 4 }, "earlier"],
  [5, AFTER, { value: 4, ac: 200, av: 4 }, "differs"],
  [5, AFTER, { value: 4, ac: 200, av: 5 }, "differs"],
  [5, AFTER, { value: 5, ac: 202, av: 5, ad: "opening" }, "busy"],
  [5, AFTER, { value: 5, ac: 203, av: 0 }, "earlier"],
  [5, AFTER, { value: 4, ac: 400, av: 5, ad: "too hot" }, "refused"],
  [5, AFTER, { value: 5, av: 5 }, "shown"],
  [5, AFTER, { value: 5, ac: 200 }, "shown"],
  [5, BEFORE, { value: 5, ac: 200 }, "earlier"],
  [5, AFTER, {}, "differs"],
  [{ a: 1, b: { c: 2 } }, AFTER, { value: { a: 1, b: { c: 2 } }, ac: 200, av: 5 }, "shown"],
  [{}, AFTER, {}, "shown"],
])("desired %j, reported at %s as %j: %s", ([desired, time, reported, state]) => {
  expect(stateOf(desired, time, reported)?.state).toBe(state);
});

test("what was never reported is missing, at its path", () => {
  const shown = propertiesShown(
    patchOf({ thermostat: { __t: "c", target: 21, mode: "eco" } }),
    reportedAt(AFTER, { thermostat: { __t: "c", target: { value: 21, ac: 200, av: 5 } } }),
  );
  expect(shown).toMatchObject([
    { path: "thermostat.target", state: "shown", ac: 200, av: 5 },
    { path: "thermostat.mode", state: "missing" },
  ]);
  expect(allShownMs(shown)).toBeUndefined();
});

test("the code, version and words of an acknowledgment are told", () => {
  expect(stateOf(5, AFTER, { value: 4, ac: 400, av: 5, ad: "too hot" })).toEqual({
    path: "t",
    state: "refused",
    reported: 4,
    atMs: ms(AFTER),
    ac: 400,
    av: 5,
    ad: "too hot",
  });
});

test("all are shown when the last one was", () => {
  const values = { a: 1, b: 2 };
  const metadata = {
    $lastUpdated: AFTER,
    a: { $lastUpdated: PATCHED },
    b: { $lastUpdated: AFTER },
  };
  expect(allShownMs(propertiesShown(patchOf(values), { values, metadata }))).toBe(ms(AFTER));
});

const twinJson = z.record(z.string(), z.json());
const key = fc.stringMatching(/^[a-z]{1,3}$/);
const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z]{0,3}$/));
const desired: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject }>((tie) => ({
  object: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf), tie("object")), {
    maxKeys: 4,
  }),
})).object;

test("a device that reports all that it got after the patch shows all, and one that did before none", () => {
  fc.assert(
    fc.property(desired, (wanted) => {
      const states = (time: string) =>
        new Set(
          propertiesShown(patchOf(wanted), reportedAt(time, wanted)).map(({ state }) => state),
        );
      expect([...states(AFTER)].filter((state) => state !== "shown")).toEqual([]);
      expect([...states(BEFORE)].filter((state) => state !== "earlier")).toEqual([]);
    }),
  );
});

test("whatever is reported, it is judged", () => {
  const odd = fc.dictionary(key, fc.jsonValue()).map((given) => twinJson.parse(given));
  fc.assert(
    fc.property(desired, odd, odd, (wanted, values, metadata) => {
      expect(() => propertiesShown(patchOf(wanted), { values, metadata })).not.toThrow();
    }),
  );
});
