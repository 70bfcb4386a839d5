import fc from "fast-check";
import { expect, test } from "vitest";
import { jsText } from "../../../../../devices/cheese-cave/dialects/js-value.ts";

test("a value that is missing is the text undefined", () => {
  expect(jsText(undefined)).toBe("undefined");
});

test("every JSON value becomes the text that JavaScript itself makes of it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (json) => {
      const value = JSON.parse(json);
      // Objects with a member toString of their own have no such text in JavaScript.
      fc.pre(!json.includes("toString") && !json.includes("valueOf"));
      expect(jsText(value)).toBe("".concat(value));
    }),
  );
});
