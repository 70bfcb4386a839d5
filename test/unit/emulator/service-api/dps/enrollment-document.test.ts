import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { AZURE_DEFAULTS } from "../../../../../src/emulator/defaults.ts";
import type { Enrollment, EnrollmentKind } from "../../../../../src/emulator/dps/enrollments.ts";
import { newSymmetricKey } from "../../../../../src/emulator/dps/symmetric-keys.ts";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import {
  enrollmentDocument,
  parseEnrollment,
} from "../../../../../src/emulator/service-api/dps/enrollment-document.ts";
import { testPki } from "../../../../support/pki.ts";
import { emptyEnrollments, settingsOf } from "../../dps/enrollment-world.ts";

let ca: X509Certificate;
beforeAll(async () => {
  ca = new X509Certificate((await testPki()).root.certificatePem);
});

const HUBS = ["a.azure-devices.net", "b.azure-devices.net"];
const context = {
  linkedHubs: HUBS,
  isVerifiedCa: (name: string) => name.startsWith("ca"),
  limits: AZURE_DEFAULTS,
};
const WEBHOOK = { webhookUrl: "https://example.org/hook?code=1", apiVersion: "2021-10-01" };
const asSent = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

/** Any entry that a service client may have written. */
const enrollments = (): fc.Arbitrary<Enrollment> => {
  const attestation = fc.constantFrom(
    { type: "x509", primary: ca, secondary: undefined } as const,
    { type: "x509", primary: undefined, secondary: ca } as const,
    { type: "symmetricKey", primaryKey: newSymmetricKey() } as const,
  );
  const kinds: EnrollmentKind[] = ["individual", "group"];
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      id: fc.stringMatching(/^[a-z0-9.:_-]{0,20}[a-z0-9]$/),
      attestation,
      enabled: fc.boolean(),
      iotEdge: fc.boolean(),
      reprovisionPolicy: fc.option(
        fc.record({ updateHubAssignment: fc.boolean(), migrateDeviceData: fc.boolean() }),
        { nil: undefined },
      ),
      allocationPolicy: fc.constantFrom("hashed", "geoLatency", "custom", undefined),
      iotHubs: fc.subarray(HUBS),
      deviceId: fc.constantFrom("ca.Device", undefined),
    })
    .map(({ deviceId, ...given }) => {
      const customAllocation = given.allocationPolicy === "custom" ? WEBHOOK : undefined;
      const settings = settingsOf({ ...given, customAllocation });
      const named = {
        type: "x509",
        caReferences: { primary: "ca-1", secondary: deviceId },
      } as const;
      const own =
        given.kind === "individual"
          ? { ...settings, deviceId }
          : { ...settings, attestation: given.iotEdge ? named : given.attestation };
      return emptyEnrollments().put(own, undefined);
    });
};

test("an entry that is put back as GET shows it is the same, but for the keys where they are not shown", () => {
  fc.assert(
    fc.property(enrollments(), fc.boolean(), (enrollment, keys) => {
      const { etag, createdDateTimeUtc, lastUpdatedDateTimeUtc, ...settings } = enrollment;
      const document = asSent(enrollmentDocument(enrollment, { keys, record: undefined }));
      expect(document).toMatchObject({ etag, createdDateTimeUtc, lastUpdatedDateTimeUtc });
      const again = parseEnrollment(enrollment.kind, enrollment.id, document, context);
      const { attestation, ...rest } = settings;
      expect(again).toMatchObject(rest);
      const hidden = attestation.type === "symmetricKey" && !keys;
      const kept = hidden ? { type: "symmetricKey" } : attestation;
      expect(asSent(again.attestation)).toEqual(asSent(kept));
    }),
  );
});

test.for([
  ["an unknown or unverified name", { primary: "other" }],
  ["an unverified one beside a verified", { primary: "ca", secondary: "other" }],
  ["no name", {}],
  ["empty names", { primary: "", secondary: "" }],
  ["a name that is no text", { primary: 1 }],
  ["a certificate", { primary: { certificate: "x" } }],
  ["a third slot", { primary: "ca", tertiary: "ca" }],
] as const)("a group with references to %s is refused", ([, caReferences]) => {
  const attestation = { type: "x509", x509: { caReferences } };
  expect(statusOf({ enrollmentGroupId: "g", attestation }, "group", "g")).toBe(400);
});

const groupOf = (x509: unknown): unknown => ({
  enrollmentGroupId: "g",
  attestation: { type: "x509", x509 },
});

test("a group holds signing certificates or names CA certificates, and an individual enrollment names none", () => {
  const x509 = { caReferences: { primary: "ca" } };
  const both = { ...x509, signingCertificates: { primary: { certificate: ca.toString() } } };
  expect(statusOf(groupOf(x509), "group", "g")).toBe(200);
  expect(statusOf(groupOf(both), "group", "g")).toBe(400);
  expect(statusOf(groupOf({ ...both, caReferences: null }), "group", "g")).toBe(200);
  expect(statusOf({ registrationId: "dev", attestation: { type: "x509", x509 } })).toBe(400);
});

function statusOf(body: unknown, kind: EnrollmentKind = "individual", id = "dev"): number {
  try {
    parseEnrollment(kind, id, body, context);
    return 200;
  } catch (error) {
    if (error instanceof ServiceFault) return error.status;
    throw error;
  }
}

test("any body is read, or refused as a client's fault", () => {
  const withMembers = fc.record(
    {
      registrationId: fc.constantFrom("dev", 1, null),
      attestation: fc.oneof(
        fc.jsonValue(),
        fc.record({
          type: fc.constantFrom("none", "tpm", "x509", "symmetricKey", 1),
          x509: fc.oneof(fc.jsonValue(), fc.record({ clientCertificates: fc.jsonValue() })),
          symmetricKey: fc.jsonValue(),
        }),
      ),
      initialTwin: fc.jsonValue(),
      iotHubs: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), withMembers), (body) => {
      expect([200, 400, 501]).toContain(statusOf(body));
    }),
  );
});

const withHook = (definition: unknown): unknown => ({
  registrationId: "dev",
  attestation: { type: "symmetricKey" },
  allocationPolicy: "custom",
  customAllocationDefinition: definition,
});

test.for([
  ["a URL and a version", WEBHOOK, 200],
  ["http", { ...WEBHOOK, webhookUrl: "http://127.0.0.1:1/" }, 200],
  ["a preview version", { ...WEBHOOK, apiVersion: "2018-09-01-preview" }, 200],
  ["nothing", undefined, 400],
  ["no URL", { apiVersion: "2021-10-01" }, 400],
  ["no version", { webhookUrl: WEBHOOK.webhookUrl }, 400],
  ["another scheme", { ...WEBHOOK, webhookUrl: "file:///etc/passwd" }, 400],
  ["a URL with a user", { ...WEBHOOK, webhookUrl: "https://user:word@example.org/" }, 400],
  ["what is no URL", { ...WEBHOOK, webhookUrl: "example.org" }, 400],
  ["a version before webhooks", { ...WEBHOOK, apiVersion: "2018-04-01" }, 400],
  ["what is no version", { ...WEBHOOK, apiVersion: "latest" }, 400],
] as const)("custom allocation with %s", ([, definition, status]) => {
  expect(statusOf(withHook(definition))).toBe(status);
});

test("hubs are named in any case", () => {
  const iotHubs = ["A.azure-devices.NET"];
  const body = { registrationId: "dev", attestation: { type: "symmetricKey" }, iotHubs };
  expect(parseEnrollment("individual", "dev", body, context).iotHubs).toEqual([HUBS[0]]);
});
