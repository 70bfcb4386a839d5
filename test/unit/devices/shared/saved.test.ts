import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyNumber, Saved } from "../../../../devices/shared/saved.ts";

const STATE = {
  count: 3,
  wish: null,
  name: "cave",
  on: true,
  fan: "off",
  random: [1, 2],
  twin: { delay: "soon" },
};
const saved = new Saved(STATE, "cheese-cave");

test("members are read as what they were saved as", () => {
  expect(saved.number("count")).toBe(3);
  expect(saved.optionalNumber("count")).toBe(3);
  expect(saved.optionalNumber("wish")).toBeNull();
  expect(saved.text("name")).toBe("cave");
  expect(saved.flag("on")).toBe(true);
  expect(saved.choice("fan", ["on", "off"])).toBe("off");
  expect(saved.optionalChoice("fan", ["on", "off"])).toBe("off");
  expect(saved.optionalChoice("wish", ["on", "off"])).toBeNull();
  expect(saved.numbers("random")).toEqual([1, 2]);
  expect(saved.list("random")).toEqual([1, 2]);
  expect(saved.part("twin").text("delay")).toBe("soon");
  expect(saved.has("twin")).toBe(true);
  expect(saved.has("toString")).toBe(false);
});

describe("what is missing or of another kind is refused with its name", () => {
  test.each([
    [() => saved.number("name"), "cheese-cave snapshot: name: expected a number"],
    [() => saved.number("toString"), "cheese-cave snapshot: toString: expected a number"],
    [() => saved.optionalNumber("on"), "cheese-cave snapshot: on: expected a number"],
    [() => saved.anyNumber("name"), "cheese-cave snapshot: name: expected a number"],
    [() => saved.text("count"), "cheese-cave snapshot: count: expected a text"],
    [() => saved.flag("wish"), "cheese-cave snapshot: wish: expected true or false"],
    [() => saved.choice("fan", ["on"]), "cheese-cave snapshot: fan: expected one of on"],
    [() => saved.optionalChoice("name", ["on"]), "cheese-cave snapshot: name: expected one of on"],
    [() => saved.numbers("twin"), "cheese-cave snapshot: twin: expected a list"],
    [() => saved.part("random"), "cheese-cave snapshot: random: expected an object"],
    [() => saved.part("none"), "cheese-cave snapshot: none: expected an object"],
    [
      () => saved.part("twin").number("delay"),
      "cheese-cave snapshot: twin.delay: expected a number",
    ],
    [() => new Saved([1], "cheese-cave"), "cheese-cave snapshot: expected an object"],
    [() => new Saved(null, "cheese-cave"), "cheese-cave snapshot: expected an object"],
  ])("%#: %s", (read, message) => {
    expect(read).toThrow(new TypeError(message));
  });

  test("a list with anything but numbers is no list of numbers", () => {
    expect(() => new Saved({ random: [1, "2"] }, "m").numbers("random")).toThrow(
      new TypeError("m snapshot: random: expected a list of numbers"),
    );
  });
});

test("any number, NaN and infinities too, comes back through JSON", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const json = JSON.parse(JSON.stringify({ value: anyNumber(value) }));
      // JSON has no negative zero.
      expect(new Saved(json, "m").anyNumber("value")).toBe(value === 0 ? 0 : value);
    }),
  );
});
