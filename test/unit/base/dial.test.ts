import { expect, test } from "vitest";
import { addressForOthers, dialTarget } from "../../../src/base/dial.ts";

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

const LOOPBACK = [
  { address: "127.0.0.1", family: "IPv4", internal: true },
  { address: "::1", family: "IPv6", internal: true },
] as const;
const LINK_LOCAL = [
  { address: "169.254.7.7", family: "IPv4", internal: false },
  { address: "fe80::1", family: "IPv6", internal: false },
] as const;
const OUTER_6 = { address: "2001:db8::7", family: "IPv6", internal: false } as const;
const OUTER_4 = { address: "192.0.2.7", family: "IPv4", internal: false } as const;
const MACHINE = [...LOOPBACK, ...LINK_LOCAL, OUTER_6, OUTER_4];

test.for([
  ["0.0.0.0", MACHINE, "192.0.2.7"],
  ["::", MACHINE, "192.0.2.7"],
  ["::", [...LOOPBACK, ...LINK_LOCAL, OUTER_6], "2001:db8::7"],
  ["0.0.0.0", [...LOOPBACK, ...LINK_LOCAL, OUTER_6], "127.0.0.1"],
  ["::", [...LOOPBACK, ...LINK_LOCAL], "::1"],
  ["0.0.0.0", [], "127.0.0.1"],
  ["127.0.0.2", MACHINE, "127.0.0.2"],
  ["localhost", MACHINE, "localhost"],
] as const)("what listens at %s of %j is dialled by others at %s", ([listening, own, dialled]) => {
  expect(addressForOthers(listening, own)).toBe(dialled);
});
