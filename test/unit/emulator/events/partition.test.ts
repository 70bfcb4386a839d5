import fc from "fast-check";
import { expect, test } from "vitest";
import { partitionOf } from "../../../../src/emulator/events/partition.ts";

test("every device has one partition, which is there", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 100 }), (id, count) => {
      const partition = partitionOf(id, count);
      expect(partition).toBe(partitionOf(id, count));
      expect(Array.from({ length: count }, (_, at) => at)).toContain(partition);
    }),
  );
});

test("the partition of an id does not change with the version", () => {
  const ids = ["cheesecave-device1", "cheesecave-device2", "conveyor-1", ""];
  expect(ids.map((id) => partitionOf(id, 4))).toEqual([1, 3, 1, 3]);
});

test.each([2, 4, 32])("numbered devices are dealt evenly to %i partitions", (count) => {
  const devices = count * 1000;
  const dealt = Array.from({ length: count }, () => 0);
  for (let n = 1; n <= devices; n++) {
    const partition = partitionOf(`cheesecave-device${n}`, count);
    dealt[partition] = (dealt[partition] ?? 0) + 1;
  }
  expect(Math.min(...dealt)).toBeGreaterThan(800);
  expect(Math.max(...dealt)).toBeLessThan(1200);
});
