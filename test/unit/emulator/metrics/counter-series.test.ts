import fc from "fast-check";
import { expect, test } from "vitest";
import { CounterSeries } from "../../../../src/emulator/metrics/counter-series.ts";

const text = fc.constantFrom("", "a", "b", '","', "a,b");

test("each values of the dimensions have a counter of their own, and the whole is their sum", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ Status: text, Protocol: text })), (occurrences) => {
      const series = new CounterSeries({ unit: "Count", dimensions: ["Status", "Protocol"] });
      for (const values of occurrences) series.of(values).add();
      const read = series.read();
      expect(read.total).toBe(occurrences.length);
      for (const { dimensions, total } of read.series)
        expect(total).toBe(
          occurrences.filter(
            ({ Status, Protocol }) =>
              Status === dimensions.Status && Protocol === dimensions.Protocol,
          ).length,
        );
      const kinds = new Set(occurrences.map(({ Status, Protocol }) => `${Status}\0${Protocol}`));
      expect(read.series).toHaveLength(kinds.size);
    }),
  );
});
