import { expect, test } from "vitest";
import { z } from "zod";

import { serviceCall } from "../../../src/service/service-call.ts";
import { refusal } from "../../support/refusal.ts";

const answered = (statusCode: number, headers: Readonly<Record<string, string>> = {}) =>
  Object.assign(new Error("sdk"), { response: { statusCode, headers } });

/** Fails as often as there are errors, then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return "done";
  };
}

const throttled = answered(429, { "retry-after": "0" });

test("a throttled call is made again until it is answered", async () => {
  const waits: number[] = [];
  const done = serviceCall(
    { what: "x", onThrottled: (ms) => waits.push(ms) },
    failing(throttled, answered(503, { "retry-after": "0" }), throttled),
  );
  expect(await done).toBe("done");
  expect(waits).toEqual([0, 0, 0]);
});

test("a call that stays throttled is refused, with what to do", async () => {
  const error = await refusal(serviceCall({ what: "x", patienceMs: 0 }, failing(answered(429))));
  expect(error).toMatchObject({
    code: "REFUSED",
    message: expect.stringContaining("x: the service answered 429"),
    hint: expect.stringContaining("throttles"),
  });
});

test("what the service refuses for good is not asked again", async () => {
  const error = await refusal(serviceCall({ what: "x" }, failing(answered(404), throttled)));
  expect(error.message).toContain("404");
});

test("an answer that is none of Azure's is told as such", async () => {
  const answer = z.object({ deviceId: z.string() });
  const error = await refusal(serviceCall({ what: "x" }, async () => answer.parse({})));
  expect(error).toMatchObject({
    code: "REFUSED",
    message: expect.stringContaining("none that Azure gives: deviceId"),
  });
});

test("a bug stays one", async () => {
  const bug = new TypeError("x is not a function");
  await expect(serviceCall({ what: "x" }, failing(bug))).rejects.toBe(bug);
});

test("a stop ends the wait with its own reason", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const call = serviceCall(
    { what: "x", signal: stop.signal, onThrottled: () => stop.abort(reason) },
    failing(answered(429, { "retry-after": "60" })),
  );
  await expect(call).rejects.toBe(reason);
});
