import { expect, test } from "vitest";
import { authMethodText } from "../../../../../src/emulator/hub/login/login-method.ts";

test.each([
  ["deviceToken", { scope: "device", type: "sas", issuer: "iothub" }],
  ["policyToken", { scope: "hub", type: "sas", issuer: "iothub" }],
  ["thumbprint", { scope: "device", type: "x509", issuer: "iothub" }],
  ["ca", { scope: "device", type: "CA-Signed", issuer: "external" }],
] as const)("a login by %s is told to readers", (method, expected) => {
  const text: unknown = JSON.parse(authMethodText(method));
  expect(text).toEqual({ ...expected, acceptingIpFilterRule: null });
});
