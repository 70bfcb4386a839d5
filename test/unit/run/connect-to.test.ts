import fc from "fast-check";
import { expect, test } from "vitest";

import { dialTarget, formatConnectTo, parseConnectTo } from "../../../src/run/connect-to.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const rule = fc.record(
  {
    host: fc.oneof(fc.domain(), fc.constant("")),
    port,
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    toPort: port,
  },
  { requiredKeys: ["host", "address", "toPort"] },
);

test("parsing a rule undoes formatting it", () => {
  fc.assert(
    fc.property(rule, (given) => {
      expect(parseConnectTo(formatConnectTo(given))).toEqual(given);
    }),
  );
});

test("parsing any text never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseConnectTo(text)).toBeTypeOf("object");
    }),
  );
});

test.each(["", "host", "a=b", "a:1=b", "a:0=b:1", "a=b:70000", "a:b=c:1"])(
  "%j is refused with what was expected",
  (text) => {
    expect(parseConnectTo(text)).toMatchObject({ place: "--connect-to" });
  },
);

test("the first rule that fits wins, and names do not depend on case", () => {
  const rules = [
    { host: "a.test", port: 8883, address: "10.0.0.1", toPort: 1 },
    { host: "", address: "10.0.0.2", toPort: 2 },
  ];
  expect(dialTarget(rules, "A.test", 8883)).toEqual({ address: "10.0.0.1", port: 1 });
  expect(dialTarget(rules, "a.test", 443)).toEqual({ address: "10.0.0.2", port: 2 });
  expect(dialTarget([], "a.test", 443)).toEqual({ address: "a.test", port: 443 });
});
