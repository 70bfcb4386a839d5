import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DesiredOutcome, DesiredTrouble } from "../../../src/device/desired-tracker.ts";
import { DesiredTracker } from "../../../src/device/desired-tracker.ts";

const NOTHING: DesiredOutcome = { changes: [], troubles: [], readAgain: false };

const versionsOf = ({ changes }: DesiredOutcome): readonly (readonly [number, boolean])[] =>
  changes.map(({ version, initial }) => [version, initial]);

/** A device that has read this version, and is told what is pushed. */
function begun(version: number): DesiredTracker {
  const tracker = new DesiredTracker();
  tracker.section({ $version: version });
  return tracker;
}

describe("what is applied", () => {
  test("the first section is applied whole, without its $ members", () => {
    const { changes } = new DesiredTracker().section({ a: 1, $version: 3, $metadata: {} });
    expect(changes).toEqual([{ version: 3, initial: true, patch: { a: 1 } }]);
  });

  test("an empty first section is applied too, so that the device reports once", () => {
    expect(new DesiredTracker().section({ $version: 1 }).changes).toHaveLength(1);
  });

  test("a section read after a reconnect is applied only if its version is newer", () => {
    const tracker = begun(3);
    tracker.hold();
    expect(tracker.section({ a: 1, $version: 3 })).toEqual(NOTHING);
    tracker.hold();
    expect(tracker.section({ a: 2, $version: 4 }).changes).toEqual([
      { version: 4, initial: true, patch: { a: 2 } },
    ]);
  });

  test("patches pushed before the section is read wait, and only newer ones are applied after it, in order", () => {
    const tracker = new DesiredTracker();
    for (const version of [2, 4, 3]) {
      expect(tracker.push({ a: version, $version: version })).toEqual(NOTHING);
    }
    const outcome = tracker.section({ a: 2, $version: 2 });
    expect(versionsOf(outcome)).toEqual([
      [2, true],
      [3, false],
      [4, false],
    ]);
    expect(outcome.troubles).toEqual([]);
  });

  test("a missing version asks for the section, and nothing is applied before it", () => {
    const tracker = begun(1);
    expect(tracker.push({ b: 1, $version: 3 })).toEqual({ ...NOTHING, readAgain: true });
    expect(tracker.push({ c: 1, $version: 4 })).toEqual(NOTHING);
    const outcome = tracker.section({ a: 1, b: 1, $version: 3 });
    expect(versionsOf(outcome)).toEqual([
      [3, true],
      [4, false],
    ]);
    expect(outcome.readAgain).toBe(false);
  });

  test("a section that could not be read after a gap is asked for again by the next patch", () => {
    const tracker = begun(1);
    tracker.push({ b: 1, $version: 3 });
    tracker.notRead();
    expect(tracker.push({ c: 1, $version: 4 }).readAgain).toBe(true);
    expect(tracker.section({ b: 1, c: 1, $version: 4 }).changes).toEqual([
      { version: 4, initial: true, patch: { b: 1, c: 1 } },
    ]);
  });

  test("a patch that was never applied asks for the section again when it is repeated", () => {
    const tracker = begun(1);
    tracker.push({ b: 1, $version: 3 });
    tracker.notRead();
    expect(tracker.push({ b: 1, $version: 3 })).toEqual({
      changes: [],
      troubles: [{ kind: "duplicate", version: 3 }],
      readAgain: true,
    });
  });

  test("a device that was assigned anew begins with what it reads, whose versions may be lower", () => {
    const tracker = begun(7);
    tracker.push({ a: 1, $version: 8 });
    tracker.forget();
    // Before the first section nothing is known, so a failed read changes nothing.
    expect(tracker.notRead()).toEqual([]);
    expect(tracker.push({ b: 1, $version: 2 })).toEqual(NOTHING);
    expect(tracker.section({ a: 2, $version: 1 })).toEqual({
      changes: [
        { version: 1, initial: true, patch: { a: 2 } },
        { version: 2, initial: false, patch: { b: 1 } },
      ],
      troubles: [],
      readAgain: false,
    });
  });

  test("a patch without version is applied as it comes", () => {
    const tracker = begun(4);
    for (const $version of ["5", 1.5, 0]) {
      expect(versionsOf(tracker.push({ a: 1, $version }))).toEqual([[4, false]]);
    }
  });
});

describe("what is told", () => {
  test("a version that was pushed before is a duplicate, applied or waiting", () => {
    const tracker = begun(4);
    tracker.push({ $version: 5 });
    const again = { ...NOTHING, troubles: [{ kind: "duplicate", version: 5 }] };
    expect(tracker.push({ $version: 5 })).toEqual(again);
    tracker.push({ $version: 6 });
    expect(tracker.push({ $version: 5 })).toEqual(again);
    tracker.hold();
    expect(tracker.push({ $version: 5 })).toEqual(again);
    tracker.push({ $version: 7 });
    expect(tracker.push({ $version: 7 }).troubles).toEqual([{ kind: "duplicate", version: 7 }]);
    expect(tracker.section({ $version: 7 }).troubles).toEqual([]);
  });

  test("a version that comes both by a section and pushed in its turn is nothing to tell", () => {
    const tracker = new DesiredTracker();
    tracker.push({ $version: 3 });
    expect(tracker.section({ $version: 3 }).troubles).toEqual([]);
    tracker.hold();
    tracker.push({ $version: 4 });
    expect(tracker.section({ $version: 4 }).troubles).toEqual([]);
    const late = begun(3);
    expect(late.push({ $version: 3 })).toEqual(NOTHING);
  });

  test("versions that a section brings and nobody pushed were missed, and learnt by reading", () => {
    const tracker = begun(3);
    tracker.hold();
    tracker.push({ $version: 5 });
    expect(tracker.section({ $version: 6 }).troubles).toEqual([
      { kind: "missed", from: 4, to: 4, learnt: "read", healed: true },
      { kind: "missed", from: 6, to: 6, learnt: "read", healed: true },
    ]);
  });

  test("versions below one that is pushed were missed by a gap, and told once it is read", () => {
    const tracker = begun(3);
    expect(tracker.push({ $version: 6 }).troubles).toEqual([]);
    expect(tracker.section({ $version: 7 }).troubles).toEqual([
      { kind: "missed", from: 4, to: 5, learnt: "gap", healed: true },
      { kind: "missed", from: 7, to: 7, learnt: "read", healed: true },
    ]);
    expect(tracker.section({ $version: 7 }).troubles).toEqual([]);
  });

  test("versions missed by a gap that could not be read are told as not healed, once", () => {
    const tracker = begun(3);
    tracker.push({ $version: 5 });
    expect(tracker.notRead()).toEqual([
      { kind: "missed", from: 4, to: 4, learnt: "gap", healed: false },
    ]);
    tracker.push({ $version: 6 });
    expect(tracker.section({ $version: 6 }).troubles).toEqual([]);
  });

  test("a version that comes after newer ones is out of order, be it told as missed before or not", () => {
    const tracker = begun(3);
    tracker.push({ $version: 5 });
    tracker.push({ $version: 4 });
    expect(tracker.section({ $version: 5 }).troubles).toEqual([{ kind: "outOfOrder", version: 4 }]);
    tracker.hold();
    expect(tracker.section({ $version: 6 }).troubles).toHaveLength(1);
    expect(tracker.push({ $version: 6 }).troubles).toEqual([{ kind: "outOfOrder", version: 6 }]);
    expect(tracker.push({ $version: 6 }).troubles).toEqual([{ kind: "duplicate", version: 6 }]);
    expect(tracker.push({ $version: 2 }).troubles).toEqual([{ kind: "outOfOrder", version: 2 }]);
  });
});

describe("a device that never reads again", () => {
  test("applies what is pushed after a gap, and says what it missed", () => {
    const tracker = new DesiredTracker({ readsAgain: false });
    expect(tracker.push({ $version: 1 })).toEqual(NOTHING);
    tracker.section({ $version: 1 });
    tracker.hold();
    expect(tracker.push({ a: 1, $version: 4 })).toEqual({
      changes: [{ version: 4, initial: false, patch: { a: 1 } }],
      troubles: [{ kind: "missed", from: 2, to: 3, learnt: "gap", healed: false }],
      readAgain: false,
    });
    expect(tracker.push({ $version: 3 }).troubles).toEqual([{ kind: "outOfOrder", version: 3 }]);
    expect(tracker.push({ $version: 5 }).troubles).toEqual([]);
  });
});

test("whatever the order and the losses, versions are applied in order, the last one is reached, and each missed one is told once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (pushed, readAt, readsAgain) => {
        const tracker = new DesiredTracker({ readsAgain });
        const applied: number[] = [];
        const troubles: DesiredTrouble[] = [];
        let newest = readAt;
        const follow = (outcome: DesiredOutcome): void => {
          applied.push(...outcome.changes.map(({ version }) => version));
          troubles.push(...outcome.troubles);
          if (outcome.readAgain) follow(tracker.section({ $version: newest }));
        };
        follow(tracker.section({ $version: newest }));
        for (const version of pushed) {
          newest = Math.max(newest, version);
          follow(tracker.push({ $version: version }));
        }
        expect(applied).toEqual([...new Set(applied)].toSorted((a, b) => a - b));
        expect(applied.at(-1)).toBe(newest);
        const numbersOf = (kind: DesiredTrouble["kind"]): readonly number[] =>
          troubles.flatMap((trouble) =>
            trouble.kind !== kind
              ? []
              : trouble.kind === "missed"
                ? Array.from(
                    { length: trouble.to - trouble.from + 1 },
                    (_, at) => trouble.from + at,
                  )
                : [trouble.version],
          );
        const cameLate = new Set(numbersOf("outOfOrder"));
        const everPushed = new Set(pushed);
        const missed = numbersOf("missed");
        expect(missed).toEqual([...new Set(missed)].toSorted((a, b) => a - b));
        for (let version = readAt + 1; version <= newest; version += 1) {
          // What was told as missed comes not at all, or out of order after that.
          const isMissed = !everPushed.has(version) || cameLate.has(version);
          expect([version, missed.includes(version)]).toEqual([version, isMissed]);
        }
        expect(numbersOf("duplicate")).toHaveLength(pushed.length - everPushed.size);
      },
    ),
  );
});
