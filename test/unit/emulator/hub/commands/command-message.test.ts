import fc from "fast-check";
import { expect, test } from "vitest";
import {
  commandBag,
  commandBytes,
} from "../../../../../src/emulator/hub/commands/command-message.ts";
import { parsePropertyBag } from "../../../../../src/emulator/hub/property-bag.ts";

const bare = { messageId: "m", properties: new Map<string, string | null>(), body: Buffer.of() };

const anything = fc.string({ unit: "grapheme" });
const properties = fc.uniqueArray(
  fc.tuple(
    anything.filter((name) => name !== "" && !name.startsWith("$.") && name !== "iothub-ack"),
    fc.option(anything),
  ),
  { selector: ([name]) => name },
);

test("a device that decodes the bag has every property back, null as empty", () => {
  fc.assert(
    fc.property(anything, properties, (correlationId, pairs) => {
      const message = { ...bare, correlationId, properties: new Map(pairs) };
      const { system, user } = parsePropertyBag(commandBag("d", message));
      expect(system.get("cid")).toBe(correlationId);
      expect([...user]).toEqual(pairs.map(([name, value]) => [name, value ?? ""]));
    }),
  );
});

test("the bag has the system properties first, and a name without value stands alone", () => {
  const bag = commandBag("dev 1", {
    messageId: "m 1",
    correlationId: "c",
    userId: "u",
    contentType: "application/json",
    contentEncoding: "utf-8",
    acknowledgment: "full",
    expiryTime: "2026-01-01T00:00:00Z",
    properties: new Map([
      ["none", null],
      ["empty", ""],
      ["a&b", "c=d"],
    ]),
    body: Buffer.of(),
  });
  expect(bag.split("&")).toEqual([
    "%24.mid=m%201",
    "%24.to=%2Fdevices%2Fdev%201%2Fmessages%2FdeviceBound",
    "%24.cid=c",
    "%24.uid=u",
    "%24.exp=2026-01-01T00%3A00%3A00Z",
    "%24.ct=application%2Fjson",
    "%24.ce=utf-8",
    "iothub-ack=full",
    "none",
    "empty=",
    "a%26b=c%3Dd",
  ]);
});

test("names of application properties count, those of system properties do not", () => {
  const message = {
    ...bare,
    messageId: "12345",
    userId: "ü",
    properties: new Map([
      ["ab", "cde"],
      ["f", null],
    ]),
    body: Buffer.alloc(100),
  };
  expect(commandBytes(message)).toBe(100 + 5 + 2 + 5 + 1);
});
