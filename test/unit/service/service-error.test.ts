import { expect, test } from "vitest";

import { serviceError, statusOf } from "../../../src/service/service-error.ts";

const answered = (statusCode: number, responseBody: string) =>
  Object.assign(new Error("sdk"), { response: { statusCode }, responseBody });

test.each([
  [401, '{"message":"bad token"}', "bad token", "key or policy"],
  [404, '{"Message":"ErrorCode:DeviceNotFound;x"}', "DeviceNotFound", "does not exist"],
  [429, "slow down", "slow down", "throttles"],
])("an answer %i is refused, in the service's own words", (status, body, words, hint) => {
  const error = serviceError("reading x", answered(status, body));
  expect(error.code).toBe("REFUSED");
  expect(error.message).toContain(words);
  expect(error.hint).toContain(hint);
  expect(statusOf(error.cause)).toBe(status);
});

test("without an answer the service is unreachable, with a hint from the network's code", () => {
  const error = serviceError("x", Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  expect(error).toMatchObject({
    code: "UNREACHABLE",
    hint: expect.stringContaining("nothing listens"),
  });
});
