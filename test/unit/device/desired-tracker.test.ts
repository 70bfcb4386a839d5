import fc from "fast-check";
import { expect, test } from "vitest";
import { DesiredTracker } from "../../../src/device/desired-tracker.ts";

test("the first section is applied whole, without its $ members", () => {
  const { changes } = new DesiredTracker().section({ a: 1, $version: 3, $metadata: {} });
  expect(changes).toEqual([{ version: 3, initial: true, patch: { a: 1 } }]);
});

test("an empty first section is applied too, so that the device reports once", () => {
  expect(new DesiredTracker().section({ $version: 1 }).changes).toHaveLength(1);
});

test("a section read after a reconnect is applied only if its version is newer", () => {
  const tracker = new DesiredTracker();
  tracker.section({ a: 1, $version: 3 });
  tracker.hold();
  expect(tracker.section({ a: 1, $version: 3 }).changes).toEqual([]);
  tracker.hold();
  expect(tracker.section({ a: 2, $version: 5 }).changes).toEqual([
    { version: 5, initial: true, patch: { a: 2 } },
  ]);
});

test("patches pushed before the section is read wait, and only newer ones are applied after it", () => {
  const tracker = new DesiredTracker();
  expect(tracker.push({ a: 2, $version: 2 })).toBe("held");
  expect(tracker.push({ a: 3, $version: 3 })).toBe("held");
  expect(tracker.section({ a: 2, $version: 2 }).changes.map((change) => change.version)).toEqual([
    2, 3,
  ]);
});

test("a missing version asks for the section, and nothing is applied before it", () => {
  const tracker = new DesiredTracker();
  tracker.section({ $version: 1 });
  expect(tracker.push({ b: 1, $version: 3 })).toBe("gap");
  expect(tracker.push({ c: 1, $version: 4 })).toBe("held");
  const { changes, gap } = tracker.section({ a: 1, b: 1, $version: 3 });
  expect(changes.map((change) => [change.version, change.initial])).toEqual([
    [3, true],
    [4, false],
  ]);
  expect(gap).toBe(false);
});

test("a section that could not be read after a gap is asked for again by the next patch", () => {
  const tracker = new DesiredTracker();
  tracker.section({ $version: 1 });
  expect(tracker.push({ b: 1, $version: 3 })).toBe("gap");
  tracker.notRead();
  expect(tracker.push({ c: 1, $version: 4 })).toBe("gap");
  expect(tracker.section({ b: 1, c: 1, $version: 4 }).changes).toEqual([
    { version: 4, initial: true, patch: { b: 1, c: 1 } },
  ]);
});

test("a device that was assigned anew begins with what it reads, whose versions may be lower", () => {
  const tracker = new DesiredTracker();
  tracker.section({ a: 1, $version: 7 });
  tracker.forget();
  // Before the first section nothing is known, so a failed read changes nothing.
  tracker.notRead();
  expect(tracker.push({ b: 1, $version: 2 })).toBe("held");
  expect(tracker.section({ a: 2, $version: 1 }).changes).toEqual([
    { version: 1, initial: true, patch: { a: 2 } },
    { version: 2, initial: false, patch: { b: 1 } },
  ]);
});

test("an old or repeated patch is stale", () => {
  const tracker = new DesiredTracker();
  tracker.section({ $version: 4 });
  expect(tracker.push({ a: 1, $version: 4 })).toBe("stale");
  expect(tracker.push({ a: 1, $version: 2 })).toBe("stale");
});

test("whatever the order and the losses, versions are applied in ascending order and the last one is reached", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      (pushed, readAt) => {
        const tracker = new DesiredTracker();
        const applied: number[] = [];
        let newest = readAt;
        const read = (): void => {
          const { changes, gap } = tracker.section({ $version: newest });
          applied.push(...changes.map((change) => change.version));
          if (gap) read();
        };
        read();
        for (const version of pushed) {
          newest = Math.max(newest, version);
          const change = tracker.push({ $version: version });
          if (change === "gap") read();
          else if (typeof change === "object") applied.push(change.version);
        }
        expect(applied).toEqual([...new Set(applied)].toSorted((a, b) => a - b));
        expect(applied.at(-1)).toBe(newest);
      },
    ),
  );
});
