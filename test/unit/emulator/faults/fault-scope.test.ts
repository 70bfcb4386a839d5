import fc from "fast-check";
import { expect, test } from "vitest";
import { isInShare, scopeTest } from "../../../../src/emulator/faults/fault-scope.ts";

const HUB = "my-hub.azure-devices.net";
const id = fc.stringMatching(/^[A-Za-z0-9._:-]{1,12}$/);
const seed = fc.nat();
const of = (deviceId: string | undefined, service = HUB) => ({ service, deviceId });

test("a scope without members covers everything", () => {
  const covers = scopeTest("everywhere", {}, 1);
  expect([of(undefined), of("cave-1"), of("cave-1", "dps")].every(covers)).toBe(true);
});

test("a service's scope covers that service alone", () => {
  const covers = scopeTest("everywhere", { service: "dps" }, 1);
  expect(covers(of("cave-1", "dps"))).toBe(true);
  expect(covers(of("cave-1"))).toBe(false);
});

test("a kind that only some services have covers those alone", () => {
  for (const [at, service, other] of [
    ["hubs", HUB, "dps"],
    ["dps", "dps", HUB],
  ] as const) {
    const covers = scopeTest(at, {}, 1);
    expect([covers(of("cave-1", service)), covers(of("cave-1", other))]).toEqual([true, false]);
  }
});

test("operations are those that are named", () => {
  const covers = scopeTest("everywhere", { operations: ["readTwin"] }, 1);
  expect(covers({ ...of(undefined), operation: "readTwin" })).toBe(true);
  expect(covers({ ...of(undefined), operation: "updateTwin" })).toBe(false);
  expect(covers(of(undefined))).toBe(false);
});

test("what is about no single device is not among named ones, nor in a share of all", () => {
  expect(scopeTest("everywhere", { devices: ["*"] }, 1)(of(undefined))).toBe(false);
  expect(scopeTest("everywhere", { share: 1 }, 1)(of(undefined))).toBe(false);
});

/** What a pattern means, said by a regular expression. */
const meant = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.]/g, "\\."))
      .join(".*")}$`,
    "i",
  ).test(text);

test("a pattern covers what its characters and stars stand for, in any case", () => {
  const letters = fc.constantFrom("a", "b", "A", ".", "*");
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 6 }).map((all) => all.join("")),
      fc.stringMatching(/^[abAB.]{1,8}$/),
      (pattern, deviceId) => {
        const covers = scopeTest("everywhere", { devices: [pattern] }, 1);
        expect(covers(of(deviceId))).toBe(meant(pattern, deviceId));
      },
    ),
    { numRuns: 1000 },
  );
});

test("a larger share has all devices of a smaller one, and case makes no difference", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(id, seed, share, share, (deviceId, from, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      expect(!isInShare(deviceId, less, from) || isInShare(deviceId, more, from)).toBe(true);
      expect(isInShare(deviceId.toUpperCase(), a, from)).toBe(isInShare(deviceId, a, from));
      expect(isInShare(deviceId, 1, from)).toBe(true);
      expect(isInShare(deviceId, 0, from)).toBe(false);
    }),
  );
});

test("a share is that share of the devices in the mean, and seeds choose independently", () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => `cheesecave-device${n}`);
  for (const share of [0.01, 0.3, 0.5]) {
    const first = ids.filter((one) => isInShare(one, share, 1));
    // Four standard deviations of a fair draw.
    const width = 4 * Math.sqrt(ids.length * share * (1 - share));
    expect(Math.abs(first.length - share * ids.length)).toBeLessThan(width);
    const both = first.filter((one) => isInShare(one, share, 2));
    expect(Math.abs(both.length - share * first.length)).toBeLessThan(width);
  }
});
