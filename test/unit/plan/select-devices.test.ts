import fc from "fast-check";
import { expect, test } from "vitest";
import { selectDevices } from "../../../src/plan/select-devices.ts";

const FLEET = ["cave-1", "cave-2", "cave-10", "belt-1", "belt-2"];
const select = (parts: readonly string[], ids: readonly string[], seed: number) =>
  selectDevices(
    parts.map((pick) => ({ pick })),
    ids.map((registrationId) => ({ registrationId, model: registrationId.split("-")[0] ?? "" })),
    seed,
  );
const picked = (...parts: string[]): readonly string[] => select(parts, FLEET, 1).ids;
const many = Array.from({ length: 200 }, (_, n) => `cave-${n}`);

test("ids, patterns and shares pick devices, each once and in the order of the fleet", () => {
  expect(picked("belt-1")).toEqual(["belt-1"]);
  expect(picked("belt-*", "cave-1*", "cave-1")).toEqual(["cave-1", "cave-10", "belt-1", "belt-2"]);
  expect(picked("100%")).toEqual(FLEET);
  expect(picked("100% of belt-*")).toEqual(["belt-1", "belt-2"]);
});

test("an id that looks like a pattern is that device", () => {
  expect(select(["a*", "5%"], ["a*", "ab", "5%"], 1).ids).toEqual(["a*", "5%"]);
});

test("parts that pick nothing are told", () => {
  const parts = ["cave-1", "cave-9", "mill-*", "0%", "50% of mill-*", "200%"];
  expect(select(parts, FLEET, 1).empty).toEqual(parts.slice(1));
});

test("a share has its number of devices, at least one, and a larger one has all of a smaller one", () => {
  const percent = fc.integer({ min: 1, max: 100 });
  fc.assert(
    fc.property(
      fc.nat(),
      percent,
      percent,
      fc.integer({ min: 1, max: 200 }),
      (seed, a, b, size) => {
        const fleet = many.slice(0, size);
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map(
          (share) => select([`${share}%`], fleet, seed).ids,
        );
        expect(less?.length).toBe(Math.max(1, Math.round((size * Math.min(a, b)) / 100)));
        expect(new Set(more)).toEqual(new Set([...(more ?? []), ...(less ?? [])]));
      },
    ),
  );
});

test("a share of a half device is rounded up, whatever its fraction is in binary: 29% of 50 are 15", () => {
  expect(select(["29%"], many.slice(0, 50), 1).ids).toHaveLength(15);
});

test("a share is the same with the same seed, and another with another one", () => {
  const share = (seed: number): readonly string[] => select(["20%"], many, seed).ids;
  expect(share(1)).toEqual(share(1));
  expect(share(1)).not.toEqual(share(2));
  expect(select(["20% of cave-1*"], many, 1).ids.every((id) => id.startsWith("cave-1"))).toBe(true);
});

test("a number picks so many, and more than there are is a slip", () => {
  expect(select(["3"], many, 1).ids).toHaveLength(3);
  expect(select(["2 of belt-*"], FLEET, 1).ids).toEqual(["belt-1", "belt-2"]);
  expect(select(["6", "3 of belt-*"], FLEET, 1).empty).toEqual(["6", "3 of belt-*"]);
});

test("a condition narrows by model, and leaves to the run what only services know", () => {
  const fleet = FLEET.map((registrationId) => ({
    registrationId,
    model: registrationId.split("-")[0] ?? "",
  }));
  expect(selectDevices([{ model: "belt" }], fleet, 1)).toEqual({
    ids: ["belt-1", "belt-2"],
    asked: [],
    empty: [],
  });
  const hub = "h.azure-devices.net";
  expect(selectDevices([{ model: "cave", hub, pick: "50%" }, { model: "mill" }], fleet, 1)).toEqual(
    {
      ids: [],
      asked: [{ among: ["cave-1", "cave-2", "cave-10"], hub, amount: { percent: 50 } }],
      empty: ['{"model":"mill"}'],
    },
  );
});
