import type { X509Certificate } from "node:crypto";
import { z } from "zod";
import { certificateInfo, parseCertificateText } from "../certificates/certificate-text.ts";
import type {
  Attestation,
  EnrollmentKind,
  EnrollmentSettings,
  X509Attestation,
} from "../dps/enrollments.ts";
import { isSymmetricKey } from "../dps/symmetric-keys.ts";
import { ServiceFault } from "../fault.ts";

// Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), AttestationMechanism.

const certificate = z.strictObject({ certificate: z.string(), info: z.unknown().optional() });
const certificates = z.strictObject({
  primary: certificate.nullish(),
  secondary: certificate.nullish(),
});
const key = z
  .string()
  .refine((text) => text === "" || isSymmetricKey(text), "expected the base64 of 16 to 64 bytes");

/** An attestation as clients send it; members of the other kinds may be there as null. */
export const attestationMechanism = z.strictObject({
  type: z.enum(["none", "tpm", "x509", "symmetricKey"]),
  tpm: z.unknown().optional(),
  x509: z
    .strictObject({
      clientCertificates: certificates.nullish(),
      signingCertificates: certificates.nullish(),
      caReferences: z.unknown().optional(),
    })
    .nullish(),
  symmetricKey: z
    .strictObject({ primaryKey: key.nullish(), secondaryKey: key.nullish() })
    .nullish(),
});

type Sent = z.output<typeof attestationMechanism>;

/** Which member an enrollment of a kind takes its certificates from. */
const MEMBER = { individual: "clientCertificates", group: "signingCertificates" } as const;

/** @throws {ServiceFault} `invalidEnrollment`; `notImplemented` for what Azure knows and this does not */
export function attestationOf(sent: Sent, kind: EnrollmentKind): EnrollmentSettings["attestation"] {
  const { type } = sent;
  if (type === "tpm" && kind === "individual")
    throw new ServiceFault(
      "notImplemented",
      "attestation tpm: known in Azure, not in this emulator.",
    );
  if (type === "none" || type === "tpm")
    throw invalid("type", `${type} proves nothing for this kind of enrollment`);
  for (const other of ["tpm", "x509", "symmetricKey"] as const)
    if (other !== type && sent[other] !== undefined && sent[other] !== null)
      throw invalid(other, `does not go with type ${type}`);
  if (type === "x509") return x509Of(sent.x509, kind);
  // An empty key means the same as none.
  const { primaryKey, secondaryKey } = sent.symmetricKey ?? {};
  return {
    type: "symmetricKey",
    ...(primaryKey ? { primaryKey } : {}),
    ...(secondaryKey ? { secondaryKey } : {}),
  };
}

function x509Of(sent: Sent["x509"], kind: EnrollmentKind): X509Attestation {
  const member = MEMBER[kind];
  const other = MEMBER[kind === "group" ? "individual" : "group"];
  const { caReferences } = sent ?? {};
  if (caReferences !== undefined && caReferences !== null) {
    if (kind === "individual") throw invalid("x509.caReferences", "only for enrollment groups");
    throw new ServiceFault("notImplemented", "caReferences: known in Azure, not in this emulator.");
  }
  if (sent?.[other]) throw invalid(`x509.${other}`, `not for this kind of enrollment`);
  const { primary, secondary } = sent?.[member] ?? {};
  if (!primary && !secondary) throw invalid(`x509.${member}`, "expected at least one certificate");
  const read = (slot: "primary" | "secondary"): X509Certificate | undefined => {
    const text = sent?.[member]?.[slot]?.certificate;
    if (text === undefined) return undefined;
    const parsed = parseCertificateText(text);
    if (parsed === undefined || (kind === "group" && !parsed.ca))
      throw invalid(
        `x509.${member}.${slot}`,
        `expected the PEM or base64 of a ${kind === "group" ? "CA certificate" : "certificate"}`,
      );
    return parsed;
  };
  return { type: "x509", primary: read("primary"), secondary: read("secondary") };
}

function invalid(member: string, problem: string): ServiceFault {
  return new ServiceFault("invalidEnrollment", `attestation.${member}: ${problem}.`);
}

/** An attestation as the service API shows it; `attestationmechanism` shows keys. */
export function attestationDocument(
  attestation: Attestation,
  kind: EnrollmentKind,
  { keys }: { readonly keys: boolean },
): Readonly<Record<string, unknown>> {
  const { type } = attestation;
  if (type === "symmetricKey") {
    const { primaryKey, secondaryKey } = attestation;
    return keys ? { type, symmetricKey: { primaryKey, secondaryKey } } : { type };
  }
  const { primary, secondary } = attestation;
  return {
    type,
    x509: { [MEMBER[kind]]: { primary: withInfo(primary), secondary: withInfo(secondary) } },
  };
}

function withInfo(one: X509Certificate | undefined): unknown {
  return one === undefined
    ? undefined
    : { certificate: one.toString(), info: certificateInfo(one) };
}
