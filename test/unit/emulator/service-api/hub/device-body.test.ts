import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { parseDevice } from "../../../../../src/emulator/service-api/hub/device-body.ts";
import { statusOf } from "../../status-of.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");
const SHA1 = "ab".repeat(20);

function read(authentication: unknown): unknown {
  return parseDevice("dev", { deviceId: "dev", authentication }).credential;
}

test.for<readonly [unknown, unknown]>([
  [undefined, { type: "sas" }],
  [{ symmetricKey: { primaryKey: "", secondaryKey: null } }, { type: "sas" }],
  [
    { type: "sas", symmetricKey: { primaryKey: KEY, secondaryKey: KEY } },
    { type: "sas", primaryKey: KEY, secondaryKey: KEY },
  ],
  [
    { x509Thumbprint: { secondaryThumbprint: SHA1.replaceAll(/(..)(?=.)/g, "$1:") } },
    { type: "selfSigned", primaryThumbprint: "", secondaryThumbprint: SHA1.toUpperCase() },
  ],
  [
    { type: "certificateAuthority", symmetricKey: { primaryKey: null, secondaryKey: "" } },
    { type: "certificateAuthority" },
  ],
  [{ type: "none" }, { type: "none" }],
])("the authentication %j is read as %j", ([sent, credential]) => {
  expect(read(sent)).toEqual(credential);
});

test.for<readonly [string, unknown]>([
  ["one key of two", { symmetricKey: { primaryKey: KEY, secondaryKey: "" } }],
  ["a key of 15 bytes", { symmetricKey: { primaryKey: "AAAA", secondaryKey: "AAAA" } }],
  ["keys beside a thumbprint", { type: "selfSigned", symmetricKey: { primaryKey: KEY } }],
  ["a thumbprint beside keys", { type: "sas", x509Thumbprint: { primaryThumbprint: SHA1 } }],
  ["a thumbprint of other letters", { x509Thumbprint: { primaryThumbprint: "zz".repeat(20) } }],
  [
    "keys of a certificate authority",
    { type: "certificateAuthority", symmetricKey: { primaryKey: KEY } },
  ],
])("%s is refused", ([, authentication]) => {
  expect(() => read(authentication)).toThrow(ServiceFault);
});

test("any body is read, or refused as a client's fault", () => {
  const body = fc.record(
    {
      deviceId: fc.constantFrom("dev", 1),
      status: fc.constantFrom("enabled", "disabled", null, "x"),
      statusReason: fc.jsonValue(),
      authentication: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            type: fc.constantFrom("sas", "selfSigned", "certificateAuthority", "none", 1),
            symmetricKey: fc.oneof(fc.jsonValue(), fc.record({ primaryKey: fc.jsonValue() })),
            x509Thumbprint: fc.record({
              primaryThumbprint: fc.oneof(fc.stringMatching(/^[0-9a-f]{40}$/), fc.string()),
            }),
          },
          { requiredKeys: [] },
        ),
      ),
      capabilities: fc.jsonValue(),
      parentScopes: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), body), (sent) => {
      expect([200, 400]).toContain(statusOf(() => parseDevice("dev", sent)));
    }),
  );
});

test("a body with several faults is refused with all of them", () => {
  const sent = { deviceId: "dev", status: "x", statusReason: 1 };
  expect(() => parseDevice("dev", sent)).toThrow(/status: .*; statusReason: /);
});
