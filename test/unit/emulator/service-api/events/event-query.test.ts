import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { parseEventQuery } from "../../../../../src/emulator/service-api/events/event-query.ts";

test("without a parameter the built-in endpoint is read from its first message", () => {
  expect(parseEventQuery({})).toEqual({
    from: { at: "earliest" },
    follow: false,
    select: "all",
    consumerGroup: "$Default",
    endpoint: "events",
    devices: undefined,
  });
});

test("device may be given once or often", () => {
  expect(parseEventQuery({ device: "a" }).devices).toEqual(new Set(["a"]));
  expect(parseEventQuery({ device: ["a", "b", "a"] }).devices).toEqual(new Set(["a", "b"]));
});

test("the ledger is of all hubs, so nothing narrows it", () => {
  expect(parseEventQuery({ select: "ledger", from: "7", follow: "true" })).toMatchObject({
    select: "ledger",
    from: { at: "sequence", sequence: 7 },
    follow: true,
  });
  expect(() =>
    parseEventQuery({ select: "ledger", hub: "h", partition: "1", device: "d" }),
  ).toThrow(/hub: .*; partition: .*; device: /);
});

test("whatever a query holds, it is one or it is refused with 400", () => {
  const known = ["from", "follow", "select", "consumerGroup", "endpoint", "hub", "partition"];
  const name = fc.oneof(fc.constantFrom(...known, "device", "__proto__"), fc.string());
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("true", "ledger", "earliest", "0", "2026-01-31"),
  );
  const query = fc.dictionary(name, fc.oneof(text, fc.array(text)));
  fc.assert(
    fc.property(query, (given) => {
      let refusal: unknown;
      try {
        parseEventQuery(given);
      } catch (error) {
        refusal = error;
      }
      expect(refusal === undefined || refusal instanceof ServiceFault).toBe(true);
      const isKnown = Object.keys(given).every((key) => [...known, "device"].includes(key));
      expect(refusal !== undefined || isKnown).toBe(true);
    }),
  );
});
