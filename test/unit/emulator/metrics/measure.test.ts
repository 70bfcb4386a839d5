import fc from "fast-check";
import { expect, test } from "vitest";
import { Measure } from "../../../../src/emulator/metrics/measure.ts";

const value = fc.integer({ min: 0, max: 1_000_000 });

const measured = (values: readonly number[]): Measure => {
  const measure = new Measure("Bytes");
  for (const one of values) measure.note(one);
  return measure;
};

test("a measure tells count, sum, average, least and largest of its values", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const total = values.reduce((sum, one) => sum + one, 0);
      expect(measured(values).read()).toEqual({
        unit: "Bytes",
        count: values.length,
        total,
        average: total / values.length,
        minimum: Math.min(...values),
        maximum: Math.max(...values),
      });
    }),
  );
});

test("what a measure takes from another one is as if it had noted it", () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (some, others) => {
      const measure = measured(some);
      measure.take(measured(others));
      expect(measure.read()).toEqual(measured([...some, ...others]).read());
    }),
  );
});

test("where nothing occurred there is no average", () => {
  const nothing = { average: null, minimum: null, maximum: null };
  expect(measured([]).read()).toEqual({ unit: "Bytes", count: 0, total: 0, ...nothing });
});
