import fc from "fast-check";
import { expect, test } from "vitest";

import { formatConnectTo, parseConnectTo } from "../../../src/run/connect-to.ts";

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
