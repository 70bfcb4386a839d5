import { expect, test } from "vitest";

import { failedDevices } from "../../../src/output/failed-devices.ts";
import { deviceRow, refusedRow } from "../../support/results.ts";

test("failed devices are summed up by class, most frequent first, with one of each", () => {
  const rows = [
    deviceRow("good"),
    deviceRow("slow", {
      state: "stopped",
      wasConnected: false,
      errorClass: "timeout",
      error: "no answer",
    }),
    ...Array.from({ length: 1_000 }, (_, index) => refusedRow(`cave-${index}`)),
  ];
  expect(failedDevices(rows)).toEqual([
    { errorClass: "unauthorized", count: 1_000, registrationId: "cave-0", error: "refused" },
    { errorClass: "timeout", count: 1, registrationId: "slow", error: "no answer" },
  ]);
});

test("a device that lost a connection and came back, or was on its way at the end, did not fail", () => {
  const rows = [
    deviceRow("back", { errorClass: "network", error: "reset" }),
    deviceRow("late", { state: "waiting", wasAssigned: false, wasConnected: false }),
  ];
  expect(failedDevices(rows)).toEqual([]);
});

test("a device that was refused as the scenario expects did not fail, whatever else it was refused with did", () => {
  const rows = [
    { ...refusedRow("bad"), expectedRefusal: "unauthorized" as const },
    { ...refusedRow("odd"), expectedRefusal: "disabled" as const },
  ];
  expect(failedDevices(rows).map(({ registrationId }) => registrationId)).toEqual(["odd"]);
});
