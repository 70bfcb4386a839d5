import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { callFailures } from "../../../src/service/call-failures.ts";

const failed = (item: string, message: string) => ({
  item,
  ok: false as const,
  error: new FleetError("REFUSED", message, { hint: "wait" }),
});
const done = (item: string) => ({ item, ok: true as const, value: true });

test("without a failure there is none", () => {
  expect(callFailures("x", [done("a"), done("b")], (item) => item)).toBeUndefined();
});

test("failures are told by cause, the most common first, with the first one's name and the hint", () => {
  const failure = callFailures(
    "deleting",
    [
      failed("a", "deleting a: no room"),
      done("b"),
      failed("c", "deleting c: no right"),
      failed("d", "deleting d: no right"),
    ],
    (item) => item,
  );
  expect(failure).toMatchObject({
    code: "REFUSED",
    hint: "wait",
    problems: [
      { place: "c and 1 more", message: expect.stringContaining("no right") },
      { place: "a", message: expect.stringContaining("no room") },
    ],
  });
  expect(failure?.message).toBe("deleting: 3 of 4 failed");
});
