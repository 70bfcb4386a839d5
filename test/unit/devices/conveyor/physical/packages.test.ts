import fc from "fast-check";
import { expect, test } from "vitest";
import { Packages } from "../../../../../devices/conveyor/physical/packages.ts";

test("a belt of 10 m holds 20 packages, and the first leaves it after 10.5 m", () => {
  const packages = new Packages(0.5, 10);
  packages.moveTo(10.49);
  expect(packages).toMatchObject({ loaded: 20, delivered: 0, onBelt: 20 });
  packages.moveTo(10.5);
  expect(packages).toMatchObject({ loaded: 21, delivered: 1, onBelt: 20 });
});

test("a belt without a length delivers what it loads, as the samples count", () => {
  const packages = new Packages(0.5, 0);
  packages.moveTo(7.3);
  expect(packages).toMatchObject({ loaded: 14, delivered: 14, onBelt: 0 });
  expect(packages.drop()).toBe(false);
});

test("what fell off is not delivered, and what lies behind it arrives when it would have", () => {
  const packages = new Packages(1, 5);
  packages.moveTo(5);
  expect(packages.drop()).toBe(true);
  packages.moveTo(6);
  expect(packages).toMatchObject({ delivered: 0, dropped: 1, onBelt: 5 });
  packages.moveTo(7);
  expect(packages).toMatchObject({ delivered: 1, dropped: 1, onBelt: 5 });
});

test("whatever moves and falls: loaded = delivered + dropped + on the belt = the way over the pitch", () => {
  const event = fc.oneof(fc.constant("drop" as const), fc.double({ min: 0, max: 20, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 100 }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      (events, pitchM, lengthM) => {
        const packages = new Packages(pitchM, lengthM);
        let distanceM = 0;
        for (const each of events) {
          const before = packages.delivered;
          if (each === "drop") packages.drop();
          else packages.moveTo((distanceM += each));
          const { loaded, delivered, dropped, onBelt } = packages;
          expect(loaded).toBe(Math.floor(distanceM / pitchM));
          expect(delivered + dropped + onBelt).toBe(loaded);
          expect(onBelt).toBeGreaterThanOrEqual(0);
          expect(onBelt).toBeLessThanOrEqual(Math.ceil(lengthM / pitchM));
          expect(delivered).toBeGreaterThanOrEqual(before);
        }
      },
    ),
  );
});
