import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DPS_REQUEST_TOPICS,
  formatDpsRequest,
  formatDpsResponse,
  parseDpsTopic,
} from "../../../../src/emulator/dps/topics.ts";

const token = fc.stringMatching(/^[^&]+$/);

test("parsing a request topic undoes formatting it", () => {
  fc.assert(
    fc.property(token, token, (requestId, operationId) => {
      const register = { kind: "register", requestId } as const;
      const poll = { kind: "poll", requestId, operationId } as const;
      for (const request of [register, poll])
        expect(parseDpsTopic(formatDpsRequest(request))).toEqual(request);
    }),
  );
});

test("parsing any topic never throws, and a topic without a request id is none", () => {
  fc.assert(fc.property(fc.string(), (topic) => void parseDpsTopic(topic)));
  expect(parseDpsTopic("$dps/registrations/PUT/iotdps-register/?$rid=")).toBeUndefined();
  expect(parseDpsTopic("$dps/registrations/res/202/?$rid=1")).toBeUndefined();
});

test("an answer echoes the request id first, then the time to wait", () => {
  expect(formatDpsResponse(202, "{a%20}", 3)).toBe(
    "$dps/registrations/res/202/?$rid={a%20}&retry-after=3",
  );
  expect(formatDpsResponse(200, "1", undefined)).toBe("$dps/registrations/res/200/?$rid=1");
});

test("the topics that are listed are those that are known", () => {
  for (const [kind, template] of Object.entries(DPS_REQUEST_TOPICS))
    expect(parseDpsTopic(template.replaceAll(/\{[a-z-]+\}/g, "1"))).toMatchObject({ kind });
});
