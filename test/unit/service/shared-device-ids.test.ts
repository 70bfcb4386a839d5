import fc from "fast-check";
import { expect, test } from "vitest";
import { sharedDeviceIds } from "../../../src/service/shared-device-ids.ts";

const place = (registrationId: string, deviceId: string, ...hubs: string[]) => ({
  registrationId,
  deviceId,
  hubs,
});

test("two enrollments with one device id are told unless they cannot lead to one hub", () => {
  const shared = { deviceId: "one", registrationIds: ["a", "b"] };
  expect(sharedDeviceIds([place("a", "one"), place("b", "one")])).toEqual([shared]);
  expect(sharedDeviceIds([place("a", "one", "h1"), place("b", "one")])).toEqual([shared]);
  expect(sharedDeviceIds([place("a", "one", "h1", "h2"), place("b", "one", "h2")])).toEqual([
    shared,
  ]);
  expect(sharedDeviceIds([place("a", "one", "h1"), place("b", "one", "h2")])).toEqual([]);
  // Hubs tell these apart.
  expect(sharedDeviceIds([place("a", "one"), place("b", "One")])).toEqual([]);
  // An enrollment without a device id gives the registration id, which another one may name.
  expect(sharedDeviceIds([place("one", "one"), place("b", "one")])).toEqual([
    { deviceId: "one", registrationIds: ["one", "b"] },
  ]);
});

test("of n enrollments with one id all but the first are told", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (ids) => {
      const found = sharedDeviceIds(ids.map((id) => place(id, "one")));
      expect(found.map(({ registrationIds: [, second] }) => second)).toEqual(ids.slice(1));
    }),
  );
});
