import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { parseCommandHeaders } from "../../../../../src/emulator/service-api/hub/command-headers.ts";

/** What a refusal says, or what was read. */
function outcome(raw: readonly string[]): unknown {
  try {
    return parseCommandHeaders(raw);
  } catch (error) {
    return error instanceof ServiceFault && error.kind === "badRequest" ? error.message : error;
  }
}

test("system properties are read whatever the case of their headers, and other headers are left alone", () => {
  const raw = ["IOTHUB-MessageId", "m", "iothub-ack", "full", "Host", "hub", "Accept", "*/*"];
  expect(parseCommandHeaders([...raw, "Content-Type", "a/b", "content-encoding", "utf-8"])).toEqual(
    {
      messageId: "m",
      acknowledgment: "full",
      contentType: "a/b",
      contentEncoding: "utf-8",
      properties: new Map(),
    },
  );
});

const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
const value = fc.stringMatching(/^[ -~]{0,20}$/);

test("every property's name and value come as they were sent, those without value as null", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, value), { selector: ([own]) => own }),
      fc.array(name, { minLength: 1 }),
      (pairs, nulls) => {
        const raw = pairs.flatMap(([own, text]) => [`IoTHub-App-${own}`, text]);
        const { properties } = parseCommandHeaders([
          ...raw,
          "iothub-nullproperties",
          nulls.join(", "),
        ]);
        const expected = new Map<string, string | null>(pairs);
        for (const own of nulls) expected.set(own, null);
        expect(properties).toEqual(expected);
      },
    ),
  );
});

test.for<readonly [string, readonly string[], string]>([
  ["an id that is empty", ["iothub-messageid", ""], "iothub-messageid"],
  ["an id of more than 128 characters", ["iothub-correlationid", "x".repeat(129)], "128"],
  ["what is no ASCII", ["iothub-userid", "\u00fc"], "expected printable ASCII"],
  ["a value that is no ASCII", ["iothub-app-a", "\u00fc"], "expected printable ASCII"],
  ["an unknown acknowledgment", ["iothub-ack", "maybe"], "iothub-ack"],
  ["an expiry without a zone", ["iothub-expiry", "2026-01-01T00:00:00"], "iothub-expiry"],
  [
    "a header that comes twice",
    ["iothub-userid", "a", "IoTHub-UserId", "b"],
    "IoTHub-UserId comes twice",
  ],
  [
    "a property that comes twice",
    ["iothub-app-a", "1", "iothub-app-a", "2"],
    "iothub-app-a comes twice",
  ],
  ["a property without a name", ["iothub-app-", "1"], '"" is no name of a property'],
  [
    "a null property without a name",
    ["iothub-nullproperties", "a,,b"],
    '"" is no name of a property',
  ],
  ["an unknown header of ours", ["iothub-__proto__", "1"], "iothub-__proto__"],
])("%s is refused", ([, raw, told]) => {
  expect(outcome(raw)).toContain(told);
});

test("properties that differ in case are two", () => {
  const { properties } = parseCommandHeaders(["iothub-app-a", "1", "IoTHub-app-A", "2"]);
  expect([...properties]).toEqual([
    ["a", "1"],
    ["A", "2"],
  ]);
});

test("whatever the headers are, they are read or refused", () => {
  const header = fc.oneof(
    fc.string(),
    fc.constantFrom("iothub-messageid", "iothub-expiry", "iothub-nullproperties", "iothub-app-x"),
    fc.string().map((text) => `iothub-${text}`),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(header, fc.string())), (headers) => {
      expect(outcome(headers.flat())).not.toBeInstanceOf(Error);
    }),
  );
});
