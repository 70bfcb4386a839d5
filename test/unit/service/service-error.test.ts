import { expect, test } from "vitest";

import { refusalOf, serviceError, statusOf } from "../../../src/service/service-error.ts";

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

test.each([
  ['{"errorCode":404201,"message":"no enrollment"}', "404201", "no enrollment"],
  ['{"Message":"ErrorCode:DeviceNotFound;no device"}', "DeviceNotFound", "no device"],
  [
    JSON.stringify({ Message: JSON.stringify({ errorCode: 404103, message: "offline" }) }),
    "404103",
    "offline",
  ],
  ["<html>", undefined, "<html>"],
])("%s is read as what the service says", (body, code, words) => {
  expect(refusalOf(answered(404, body))).toEqual({ status: 404, code, words });
});

test("an error without an answer is no refusal", () => {
  expect(refusalOf(new Error("sdk"))).toBeUndefined();
});
