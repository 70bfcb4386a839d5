import { z } from "zod";

/** What an enrollment is for: all devices of a CA or a group key, or one registration id. */
export type EnrollmentKind = "group" | "individual";

/** Which one is meant; a group and an individual enrollment may have the same id. */
export interface EnrollmentName {
  readonly kind: EnrollmentKind;
  readonly id: string;
}

/** `enrollment group "caves"`, for messages. */
export const enrollmentText = ({ kind, id }: EnrollmentName): string =>
  kind === "group" ? `enrollment group "${id}"` : `individual enrollment "${id}"`;

// Loose throughout: what is read is written back whole, members included that are not known here. Source: Azure REST API
// reference, "Device Provisioning Service", EnrollmentGroup and IndividualEnrollment, 2021-10-01.

const text = z.string().nullish();
const json = z.record(z.string(), z.unknown()).nullish();

const certificate = z.looseObject({
  /** PEM, or base64 of DER; the service may leave it out of its answers. */
  certificate: text,
  info: z
    .looseObject({
      subjectName: text,
      sha1Thumbprint: text,
      sha256Thumbprint: text,
      issuerName: text,
      notBeforeUtc: text,
      notAfterUtc: text,
    })
    .nullish(),
});
const slots = z.looseObject({ primary: certificate.nullish(), secondary: certificate.nullish() });

const attestation = z.looseObject({
  type: text,
  x509: z
    .looseObject({
      clientCertificates: slots.nullish(),
      signingCertificates: slots.nullish(),
      caReferences: z.looseObject({ primary: text, secondary: text }).nullish(),
    })
    .nullish(),
  symmetricKey: z.looseObject({ primaryKey: text, secondaryKey: text }).nullish(),
});

/** An enrollment as the service has it, without its id. */
export const enrollmentDocument = z.looseObject({
  attestation,
  etag: text,
  provisioningStatus: text,
  allocationPolicy: text,
  iotHubs: z.array(z.string()).nullish(),
  iotHubHostName: text,
  customAllocationDefinition: z.looseObject({ webhookUrl: text, apiVersion: text }).nullish(),
  reprovisionPolicy: z
    .looseObject({
      updateHubAssignment: z.boolean().nullish(),
      migrateDeviceData: z.boolean().nullish(),
    })
    .nullish(),
  initialTwin: z
    .looseObject({ tags: json, properties: z.looseObject({ desired: json }).nullish() })
    .nullish(),
  capabilities: z.looseObject({ iotEdge: z.boolean().nullish() }).nullish(),
  createdDateTimeUtc: text,
  lastUpdatedDateTimeUtc: text,
  /** Only of individual enrollments; absent or empty: the registration id. */
  deviceId: text,
});
export type EnrollmentDocument = z.infer<typeof enrollmentDocument>;
export type AttestationDocument = EnrollmentDocument["attestation"];
export type CertificateDocument = z.infer<typeof certificate>;

/** The answer to a question for keys. */
export const attestationDocument = attestation;

/** An enrollment of a DPS instance. */
export interface Enrollment extends EnrollmentName {
  readonly document: EnrollmentDocument;
}

/** Members of a document that hold its id. */
export const ID_MEMBER = { group: "enrollmentGroupId", individual: "registrationId" } as const;
