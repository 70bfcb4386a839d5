import fc from "fast-check";
import { expect, test } from "vitest";
import { SeqSet, common, countOf, without } from "../../../src/metrics/seq-ranges.ts";

const seqs = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 });
const of = (values: readonly number[]): SeqSet => {
  const set = new SeqSet();
  for (const value of values) set.add(value);
  return set;
};

test("the set holds exactly what was added, in ascending runs that do not touch", () => {
  fc.assert(
    fc.property(seqs, (values) => {
      const set = of(values);
      const known = new Set(values);
      for (let seq = 0; seq <= 62; seq += 1) expect(set.has(seq)).toBe(known.has(seq));
      expect(set.count).toBe(known.size);
      const ranges = set.toRanges();
      for (const [index, [first, last]] of ranges.entries()) {
        expect(first).toBeLessThanOrEqual(last);
        expect(first).toBeGreaterThan((ranges[index - 1]?.[1] ?? -1) + 1);
      }
    }),
  );
});

test("the order of adding and merging does not matter", () => {
  fc.assert(
    fc.property(seqs, seqs, (first, second) => {
      const whole = of([...first, ...second]).toRanges();
      const there = of(first);
      there.merge(of(second));
      const back = SeqSet.from(of(second).toRanges());
      back.merge(of(first).toRanges());
      expect(there.toRanges()).toEqual(whole);
      expect(back.toRanges()).toEqual(whole);
    }),
  );
});

test("adding a range is adding each of its numbers", () => {
  fc.assert(
    fc.property(
      seqs,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 10 }),
      (values, first, length) => {
        const last = first + length - 1;
        const byRange = of(values);
        byRange.addRange(first, last);
        const each = of([...values, ...Array.from({ length }, (_, offset) => first + offset)]);
        expect(byRange.toRanges()).toEqual(each.toRanges());
        expect(byRange.count).toBe(each.count);
      },
    ),
  );
});

test("a hole is one more run", () => {
  const set = new SeqSet();
  set.addRange(1, 36);
  set.addRange(38, 40);
  expect(set.toRanges()).toEqual([
    [1, 36],
    [38, 40],
  ]);
  set.add(37);
  expect(set.toRanges()).toEqual([[1, 40]]);
});

test("adding tells whether a number is new, and the highest is known", () => {
  fc.assert(
    fc.property(seqs, (values) => {
      const set = new SeqSet();
      const known = new Set<number>();
      for (const value of values) {
        expect(set.add(value)).toBe(!known.has(value));
        known.add(value);
        expect(set.max).toBe(Math.max(...known));
      }
    }),
  );
});

test("runs without others are what is in the one set alone, in runs as a set has them", () => {
  fc.assert(
    fc.property(seqs, seqs, (values, taken) => {
      const [all, some] = [of(values).toRanges(), of(taken).toRanges()];
      const alone = values.filter((value) => !taken.includes(value));
      expect(without(all, some)).toEqual(of(alone).toRanges());
      const both = values.filter((value) => taken.includes(value));
      expect(common(all, some)).toEqual(of(both).toRanges());
      expect(countOf(all)).toBe(new Set(values).size);
    }),
  );
});
