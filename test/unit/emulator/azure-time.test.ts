import fc from "fast-check";
import { expect, test } from "vitest";
import { azureDate, generationId } from "../../../src/emulator/azure-time.ts";

test("a date has seven fractional digits and is the same moment", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      const text = azureDate(ms);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
      expect(Date.parse(text)).toBe(ms);
    }),
  );
});

test("generation ids are 18 digits and differ within a millisecond", () => {
  expect(generationId(Date.UTC(2021, 0, 1), 0)).toBe("637450560000000000");
  expect(generationId(Date.UTC(2021, 0, 1), 1)).toBe("637450560000000001");
});
