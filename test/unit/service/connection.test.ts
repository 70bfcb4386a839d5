import fc from "fast-check";
import { expect, test } from "vitest";

import { hostNameOf } from "../../../src/service/connection.ts";
import { serviceError, statusOf } from "../../../src/service/service-error.ts";
import { refusal } from "../../support/refusal.ts";

test("the host name is read out of a connection string, whatever the order", () => {
  const text = "SharedAccessKeyName=owner;SharedAccessKey=a2V5PT0=;HostName=my.azure-devices.net";
  expect(hostNameOf(text, "FILE")).toBe("my.azure-devices.net");
});

test("what is no connection string is refused without showing a word of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), async (secret) => {
      const text = `HostName=;SharedAccessKey=${secret}`;
      const error = await refusal((async () => hostNameOf(text, "IOTHUB_CONNECTION_STRING"))());
      const shown = JSON.stringify([error.message, error.hint, error.problems]);
      expect(shown).not.toContain(secret);
    }),
  );
});

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
