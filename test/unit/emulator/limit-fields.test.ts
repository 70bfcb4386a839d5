import { expect, test } from "vitest";
import { AZURE_DEFAULTS } from "../../../src/emulator/defaults.ts";
import { limitFields } from "../../../src/emulator/limit-fields.ts";

test("every limit may be what it is in Azure, and none may be a text", () => {
  for (const [name, field] of Object.entries(limitFields)) {
    const value: unknown = Reflect.get(AZURE_DEFAULTS, name);
    expect([name, field.safeParse(value).success]).toEqual([name, true]);
    expect([name, field.safeParse("many").success]).toEqual([name, false]);
  }
  expect(Object.keys(limitFields)).toEqual(Object.keys(AZURE_DEFAULTS));
});
