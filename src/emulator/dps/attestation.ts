import type { X509Certificate } from "node:crypto";
import type { VerifiedCas } from "../certificates/ca-store.ts";
import { isValidAt, leadsToVerified } from "../certificates/chain.ts";
import { isEndEntity, isForClients } from "../certificates/device-leaf.ts";
import { ServiceFault } from "../fault.ts";
import { normalizeThumbprint } from "../peer-certificate.ts";
import type { SasToken } from "../sas-token.ts";
import { isExpired, isSignedWith } from "../sas-token.ts";
import type { Enrollment, EnrollmentKind } from "./enrollments.ts";
import { certificatesOf, referencesOf } from "./enrollments.ts";
import type { Credential } from "./hub-link.ts";
import type { Proof } from "./proof.ts";
import { findSigningEntry } from "./signing-entry.ts";
import type { SymmetricKeys } from "./symmetric-keys.ts";
import { deviceKeys } from "./symmetric-keys.ts";

/** The entries of a DPS instance. */
export interface Entries {
  find(kind: EnrollmentKind, id: string): Enrollment | undefined;
  all(kind: EnrollmentKind): readonly Enrollment[];
}

export interface AttestationRules {
  readonly nowMs: number;
  readonly clockSkewS: number;
  /** The CA certificates of the DPS instance. */
  readonly cas: VerifiedCas;
  /** Whether a signing certificate counts only if it is one of them, or leads up to one. */
  readonly requireVerifiedCa: boolean;
}

/** The entry that a device belongs to, and what its hub shall know it by. */
export type Attested =
  | { readonly kind: "disabled" }
  | {
      readonly kind: "enabled";
      readonly enrollment: Enrollment;
      readonly credential: Credential;
    };

/**
 * Finds the enrollment of a device and judges what it shows. The first entry found counts: where it is disabled, or does
 * not fit, the entries above it are not looked at.
 *
 * Source: Microsoft Learn, "X.509 certificate attestation" (DPS device chain requirements, order of operations) and
 * "Symmetric key attestation".
 *
 * @throws {ServiceFault} `certificateRefused`, `dpsUnauthorized`, `enrollmentNotFound`
 */
export function attest(
  device: { readonly registrationId: string; readonly proof: Proof },
  entries: Entries,
  rules: AttestationRules,
): Attested {
  const { registrationId, proof } = device;
  const own = entries.find("individual", registrationId);
  if (own !== undefined && !own.enabled && own.attestation.type !== TYPE_OF[proof.kind])
    // "How to disenroll or revoke a device": whatever its attestation, it shuts one device out of a group.
    return { kind: "disabled" };
  return proof.kind === "certificate"
    ? attestCertificate(proof.chain, own, entries, rules)
    : attestToken(proof.token, { registrationId, own }, entries, rules);
}

const TYPE_OF = { certificate: "x509", token: "symmetricKey" } as const;

function verdictOf(enrollment: Enrollment, credential: Credential): Attested {
  return enrollment.enabled ? { kind: "enabled", enrollment, credential } : { kind: "disabled" };
}

function attestCertificate(
  chain: readonly X509Certificate[],
  own: Enrollment | undefined,
  entries: Entries,
  rules: AttestationRules,
): Attested {
  const [leaf] = chain;
  if (leaf === undefined || !isForClients(leaf)) return refuse("Invalid certificate.");
  const thumbprint = normalizeThumbprint(leaf.fingerprint);
  const credential: Credential = {
    type: "selfSigned",
    primaryThumbprint: thumbprint,
    secondaryThumbprint: thumbprint,
  };
  if (own !== undefined) {
    // OpenSSL makes self-signed certificates CAs unless told otherwise, so here a leaf may be one.
    requireOwn(leaf, chain, own, rules);
    return verdictOf(own, credential);
  }
  if (!isEndEntity(leaf)) return refuse("Invalid certificate.");
  const signing = entries.all("group").map((enrollment) => ({
    enrollment,
    certificates: signingCertificatesOf(enrollment, rules.cas),
  }));
  const verdict = findSigningEntry(chain, signing, {
    nowMs: rules.nowMs,
    verifiedCas: rules.requireVerifiedCa ? rules.cas.allVerified() : undefined,
  });
  return verdict.found === undefined
    ? refuse(verdict.message)
    : verdictOf(verdict.found.enrollment, credential);
}

/** A CA certificate that a group names, and that is not verified any more, signs nothing. */
function signingCertificatesOf(
  { attestation }: Enrollment,
  cas: VerifiedCas,
): readonly X509Certificate[] {
  const named = referencesOf(attestation).map((name) => cas.verified(name));
  return [...certificatesOf(attestation), ...named.filter((one) => one !== undefined)];
}

/**
 * One of the two leaves of an individual enrollment, within its dates; it may be self-signed. Where the device presents a
 * chain, a certificate of it must be verified.
 */
function requireOwn(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  { attestation }: Enrollment,
  { nowMs, cas, requireVerifiedCa }: AttestationRules,
): void {
  const known = certificatesOf(attestation).map(({ fingerprint256 }) => fingerprint256);
  if (!known.includes(leaf.fingerprint256) || !isValidAt(leaf, nowMs))
    refuse("Invalid certificate.");
  if (!requireVerifiedCa || chain.length === 1) return;
  if (!leadsToVerified(chain, { nowMs, verifiedCas: cas.allVerified() }))
    refuse("CA certificate not found.");
}

/** Texts as DPS sends them with 401002 (Azure/azure-iot-sdk-java #573, Azure/azure-sdk-for-c parser tests). */
function refuse(message: "Invalid certificate." | "CA certificate not found."): never {
  throw new ServiceFault("certificateRefused", message);
}

/** Of two groups that a token would open, the one that was written first counts. */
function attestToken(
  token: SasToken,
  device: { readonly registrationId: string; readonly own: Enrollment | undefined },
  entries: Entries,
  rules: AttestationRules,
): Attested {
  const candidates = device.own === undefined ? entries.all("group") : [device.own];
  const open = !isExpired(token, rules.nowMs, rules.clockSkewS);
  let found = device.own !== undefined;
  for (const enrollment of candidates) {
    const keys = keysOf(enrollment, device.registrationId);
    if (keys === undefined) continue;
    found = true;
    if (open && [keys.primaryKey, keys.secondaryKey].some((key) => isSignedWith(token, key)))
      return verdictOf(enrollment, { type: "sas", ...keys });
  }
  throw found
    ? new ServiceFault("dpsUnauthorized", "Unauthorized")
    : new ServiceFault("enrollmentNotFound", "Enrollment not found.");
}

/** The keys that the device itself has: a group's own keys open nothing ("Symmetric key attestation"). */
function keysOf(
  { kind, attestation }: Enrollment,
  registrationId: string,
): SymmetricKeys | undefined {
  if (attestation.type !== "symmetricKey") return undefined;
  const { primaryKey, secondaryKey } = attestation;
  return kind === "group" ? deviceKeys(attestation, registrationId) : { primaryKey, secondaryKey };
}
