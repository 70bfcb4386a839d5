import { expect, test } from "vitest";
import { REGISTRATION_ID_PATTERN } from "../../../src/base/azure-limits.ts";

test.each([
  ["cheesecave-device1", true],
  ["a.b_c:d-", true],
  ["ends.", false],
  ["with space", false],
  ["ü", false],
  ["", false],
])("%j as a registration id: %s", (id, good) => {
  expect(REGISTRATION_ID_PATTERN.test(id)).toBe(good);
});
