import fc from "fast-check";
import { expect, test } from "vitest";

import type { EnrollmentDocument } from "../../../src/service/enrollment-document.ts";
import type { EnrollmentSettings } from "../../../src/service/enrollment-settings.ts";
import { withSettings } from "../../../src/service/enrollment-settings.ts";

const BEFORE: EnrollmentDocument = {
  attestation: {
    type: "x509",
    x509: {
      signingCertificates: { primary: { certificate: "one" }, secondary: { certificate: "two" } },
    },
  },
  provisioningStatus: "enabled",
  allocationPolicy: "static",
  iotHubs: ["a"],
  etag: "tag",
  unknownMember: { kept: true },
};

const settings: fc.Arbitrary<EnrollmentSettings> = fc.record(
  {
    initialTwin: fc.record({ tags: fc.constant({ site: "x" }) }, { requiredKeys: [] }),
    allocation: fc.constantFrom("hashed", "geoLatency"),
    hubs: fc.array(fc.string()),
    reprovision: fc.constantFrom("migrate", "reset", "never"),
    enabled: fc.boolean(),
    secondaryCertificate: fc.constantFrom("three", null),
    attestation: fc.constant({ type: "certificate", pem: "four" } as const),
  },
  { requiredKeys: ["allocation"] },
);

test("settings twice are the same as once, and leave what they do not name", () => {
  fc.assert(
    fc.property(settings, (wanted) => {
      const once = withSettings("group", BEFORE, wanted);
      expect(withSettings("group", once, wanted)).toEqual(once);
      expect(once).toMatchObject({ etag: "tag", unknownMember: { kept: true } });
      expect(once.iotHubs).toEqual(wanted.hubs ?? ["a"]);
      expect(once.provisioningStatus).toBe(wanted.enabled === false ? "disabled" : "enabled");
    }),
  );
});

test("no settings change nothing", () => {
  expect(withSettings("group", BEFORE, {})).toEqual({
    ...BEFORE,
    customAllocationDefinition: undefined,
  });
});

const slotsOf = (wanted: EnrollmentSettings) =>
  withSettings("group", BEFORE, wanted).attestation.x509?.signingCertificates;

test("a certificate takes the place of the first, a second comes beside it and goes", () => {
  expect(slotsOf({ attestation: { type: "certificate", pem: "new" } })).toEqual({
    primary: { certificate: "new" },
    secondary: { certificate: "two" },
  });
  expect(slotsOf({ secondaryCertificate: "new" })).toEqual({
    primary: { certificate: "one" },
    secondary: { certificate: "new" },
  });
  expect(slotsOf({ secondaryCertificate: null })).toEqual({
    primary: { certificate: "one" },
    secondary: undefined,
  });
});

test("a key that is given takes the place of the first, and without one both stay", () => {
  const keys: EnrollmentDocument = {
    attestation: { type: "symmetricKey", symmetricKey: { primaryKey: "p", secondaryKey: "s" } },
  };
  const keysOf = (primaryKey: string | undefined) =>
    withSettings("individual", keys, { attestation: { type: "symmetricKey", primaryKey } })
      .attestation.symmetricKey;
  expect(keysOf("new")).toEqual({ primaryKey: "new", secondaryKey: "s" });
  expect(keysOf(undefined)).toEqual({ primaryKey: "p", secondaryKey: "s" });
});

test("a new enrollment without a proof, and one of keys that gets a second certificate, are refused", () => {
  expect(() => withSettings("group", undefined, {})).toThrow("nothing says how its devices prove");
  const keys: EnrollmentDocument = { attestation: { type: "symmetricKey" } };
  expect(() => withSettings("group", undefined, { allocation: "custom" })).toThrow("prove");
  expect(() =>
    withSettings("group", { ...keys, allocationPolicy: "custom" }, { enabled: false }),
  ).toThrow("webhook");
});
