import type { X509Certificate } from "node:crypto";
import { z } from "zod";
import { certificateInfo, parseCertificateText } from "../../certificates/certificate-text.ts";
import type {
  Attestation,
  CaReferenceAttestation,
  EnrollmentKind,
  EnrollmentSettings,
  X509Attestation,
} from "../../dps/enrollments.ts";
import { isSymmetricKey } from "../../../base/symmetric-key.ts";
import { ServiceFault } from "../../fault.ts";

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
      caReferences: z
        .strictObject({ primary: z.string().nullish(), secondary: z.string().nullish() })
        .nullish(),
    })
    .nullish(),
  symmetricKey: z
    .strictObject({ primaryKey: key.nullish(), secondaryKey: key.nullish() })
    .nullish(),
});

type Sent = z.output<typeof attestationMechanism>;

/** Which member an enrollment of a kind takes its certificates from. */
const MEMBER = { individual: "clientCertificates", group: "signingCertificates" } as const;

/**
 * @param isVerifiedCa whether a CA certificate of this name may be referred to
 * @throws {ServiceFault} `invalidEnrollment`; `notImplemented` for what Azure knows and this does not
 */
export function attestationOf(
  sent: Sent,
  kind: EnrollmentKind,
  isVerifiedCa: (name: string) => boolean,
): EnrollmentSettings["attestation"] {
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
  if (type === "x509")
    return sent.x509?.caReferences
      ? caReferencesOf(sent.x509, kind, isVerifiedCa)
      : x509Of(sent.x509, kind);
  // An empty key means the same as none.
  const { primaryKey, secondaryKey } = sent.symmetricKey ?? {};
  return {
    type: "symmetricKey",
    ...(primaryKey ? { primaryKey } : {}),
    ...(secondaryKey ? { secondaryKey } : {}),
  };
}

/** Source: Microsoft Learn, "X.509 certificate attestation": a group may use a CA certificate that was verified before. */
function caReferencesOf(
  sent: NonNullable<Sent["x509"]>,
  kind: EnrollmentKind,
  isVerifiedCa: (name: string) => boolean,
): CaReferenceAttestation {
  if (kind === "individual") throw invalid("x509.caReferences", "only for enrollment groups");
  for (const other of ["clientCertificates", "signingCertificates"] as const)
    if (sent[other]) throw invalid(`x509.${other}`, "does not go with caReferences");
  // An empty name means the same as none.
  const primary = sent.caReferences?.primary || undefined;
  const secondary = sent.caReferences?.secondary || undefined;
  const names = [primary, secondary].filter((name) => name !== undefined);
  if (names.length === 0) throw invalid("x509.caReferences", "expected at least one name");
  const strangers = names.filter((name) => !isVerifiedCa(name));
  if (strangers.length > 0)
    throw invalid("x509.caReferences", `no verified CA certificate: ${strangers.join(", ")}`);
  return { type: "x509", caReferences: { primary, secondary } };
}

function x509Of(sent: Sent["x509"], kind: EnrollmentKind): X509Attestation {
  const member = MEMBER[kind];
  const other = MEMBER[kind === "group" ? "individual" : "group"];
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
  if ("caReferences" in attestation)
    return { type, x509: { caReferences: attestation.caReferences } };
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
