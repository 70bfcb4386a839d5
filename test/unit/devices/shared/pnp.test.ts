import { describe, expect, test } from "vitest";
import { WritableProperty } from "../../../../devices/shared/pnp.ts";
import { Saved } from "../../../../devices/shared/saved.ts";

const INITIAL = { version: 1, initial: true };
const PUSHED = { version: 2, initial: false };
const LATER = { version: 9, initial: true };

describe("what a patch asks for", () => {
  test("is its value, null for removal, and nothing where it is silent", () => {
    const property = new WritableProperty("speed");
    expect(property.asked({ speed: 3 }, PUSHED)).toBe(3);
    expect(property.asked({ speed: 3 }, PUSHED)).toBe(3);
    expect(property.asked({ speed: null }, PUSHED)).toBeNull();
    expect(property.asked({ other: 3 }, PUSHED)).toBeUndefined();
  });

  test("in the first section that is read is answered in any case", () => {
    expect(new WritableProperty("speed").asked({}, INITIAL)).toBeNull();
    expect(new WritableProperty("speed").asked({ speed: 3 }, INITIAL)).toBe(3);
  });

  test("in a later section is answered where it changed offline", () => {
    const property = new WritableProperty("speed");
    property.asked({ speed: 3 }, PUSHED);
    expect(property.asked({ speed: 3 }, { ...LATER, version: 3 })).toBeUndefined();
    expect(property.asked({ speed: 4 }, { ...LATER, version: 4 })).toBe(4);
    expect(property.asked({}, { ...LATER, version: 5 })).toBeNull();
    expect(property.asked({}, { ...LATER, version: 6 })).toBeUndefined();
  });

  test("in a section that is no newer is answered again, unless its 202 is out", () => {
    const property = new WritableProperty("speed");
    property.asked({ speed: 3 }, LATER);
    expect(property.asked({ speed: 3 }, LATER)).toBe(3);
    property.approaching(3, LATER.version);
    expect(property.asked({ speed: 3 }, LATER)).toBeUndefined();
    expect(property.asked({ speed: 3 }, INITIAL)).toBe(3);
  });
});

describe("acknowledgments", () => {
  test("carry value, code, version and a word for people", () => {
    const property = new WritableProperty("speed");
    expect(property.byDefault(1)).toEqual({ speed: { value: 1, ac: 203, av: 0, ad: "default" } });
    expect(property.refused(1, 4, "too fast")).toEqual({
      speed: { value: 1, ac: 400, av: 4, ad: "too fast" },
    });
    expect(property.reached(2, 5)).toEqual({ speed: { value: 2, ac: 200, av: 5, ad: "reached" } });
  });

  test("of a wish that takes its time are one 202 and, once it arrived, one 200 of its version", () => {
    const property = new WritableProperty("speed");
    property.asked({ speed: 2 }, PUSHED);
    expect(property.approaching(2, 6)).toEqual({
      speed: { value: 2, ac: 202, av: 6, ad: "approaching" },
    });
    expect(property.isPending).toBe(true);
    expect(property.arrived(2)).toEqual({ speed: { value: 2, ac: 200, av: 6, ad: "reached" } });
    expect(property.isPending).toBe(false);
    expect(property.arrived(2)).toBeUndefined();
  });

  test("of a wish that was overtaken by another are given up", () => {
    const property = new WritableProperty("speed");
    property.asked({ speed: 2 }, PUSHED);
    property.approaching(2, 6);
    property.asked({ speed: 99 }, PUSHED);
    expect(property.isPending).toBe(false);
  });
});

test("a restored property knows what it was asked for and what it still owes", () => {
  const property = new WritableProperty("speed");
  property.asked({ speed: "fast" }, PUSHED);
  property.approaching("fast", 7);
  const other = new WritableProperty("speed");
  other.restore(new Saved(property.snapshot(), "belt"));
  expect(other.asked({ speed: "fast" }, LATER)).toBeUndefined();
  expect(other.arrived("fast")).toEqual({
    speed: { value: "fast", ac: 200, av: 7, ad: "reached" },
  });
  other.restore(new Saved(new WritableProperty("speed").snapshot(), "belt"));
  expect(other.asked({}, INITIAL)).toBeNull();
  expect(other.isPending).toBe(false);
});
