import { expect, test } from "vitest";
import { dialTarget } from "../../../src/base/dial.ts";

const rules = [
  { host: "a.azure-devices.net", port: 8883, address: "127.0.0.1", toPort: 18883 },
  { host: "", port: 443, address: "127.0.0.2", toPort: 8443 },
];

test("a host and port that a rule names are dialled where the rule says", () => {
  expect(dialTarget(rules, "A.azure-devices.NET", 8883)).toEqual({
    address: "127.0.0.1",
    port: 18883,
  });
});

test("an empty host in a rule stands for every name", () => {
  expect(dialTarget(rules, "b.azure-devices.net", 443).address).toBe("127.0.0.2");
});

test("what no rule names is dialled as it is", () => {
  expect(dialTarget(rules, "b.azure-devices.net", 8883)).toEqual({
    address: "b.azure-devices.net",
    port: 8883,
  });
});

test("the first rule that fits wins", () => {
  const both = [
    { host: "", address: "127.0.0.3", toPort: 1 },
    { host: "a", address: "127.0.0.4", toPort: 2 },
  ];
  expect(dialTarget(both, "a", 8883)).toEqual({ address: "127.0.0.3", port: 1 });
});
