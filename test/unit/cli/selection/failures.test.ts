import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import { failuresError, someIds } from "../../../../src/cli/selection/failures.ts";
import { RefusedCall } from "../../../../src/service/service-error.ts";

const refused = (deviceId: string, status: number, code: string) => ({
  deviceId,
  error: new RefusedCall(`patching ${deviceId}`, { status, code, words: "no" }),
});
const unreachable = (deviceId: string) => ({
  deviceId,
  error: new FleetError("UNREACHABLE", `patching ${deviceId} at h: timed out`),
});

test("failures are told by cause, the most frequent first, with the devices of each", () => {
  const failures = [
    refused("a", 412, "PreconditionFailed"),
    refused("b", 404, "DeviceNotFound"),
    refused("c", 404, "DeviceNotFound"),
    unreachable("d"),
    unreachable("at"),
  ];
  expect(failuresError(failures, { total: 30, done: "patched" })).toMatchObject({
    code: "REFUSED",
    message: "5 of 30 devices could not be patched",
    problems: [
      { place: "404 DeviceNotFound", message: "2 devices: b, c", hint: expect.any(String) },
      { place: "412 PreconditionFailed", message: "1 device: a" },
      { place: "patching … at h: timed out", message: "1 device: d" },
      { place: "patching … … h: timed out", message: "1 device: at" },
    ],
  });
});

test("the only device's failure stays what it is, and names it", () => {
  const known = refused("a", 404, "DeviceNotFound");
  expect(failuresError([known], { total: 1, done: "patched" })).toBe(known.error);
  const error = new FleetError("REFUSED", "it is nowhere", { hint: "h" });
  expect(failuresError([{ deviceId: "a", error }], { total: 1, done: "patched" })).toMatchObject({
    message: "a: it is nowhere",
    hint: "h",
  });
});

test("where nothing could be reached that is the failure", () => {
  const all = [unreachable("a"), unreachable("b")];
  expect(failuresError(all, { total: 2, done: "patched" }).code).toBe("UNREACHABLE");
});

test("of many devices the first are named", () => {
  const ids = Array.from({ length: 12 }, (_, at) => `d${at}`);
  expect(someIds(ids)).toBe("d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 and 2 more");
});
