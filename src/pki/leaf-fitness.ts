import type { KeyObject, X509Certificate } from "node:crypto";
import { REGISTRATION_ID_MAX_LENGTH, REGISTRATION_ID_PATTERN } from "../base/azure-limits.ts";
import { defectOf } from "./defects.ts";
import { commonNameIn, oneLine } from "./name.ts";

/** id-kp-clientAuth (RFC 5280, 4.2.1.12). */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
/** NIST SP 800-131A: smaller RSA keys are disallowed. */
const RSA_BITS_MIN = 2048;

/** What can be wrong with a leaf by itself, whoever signed it; stable words. */
export type LeafFault = "bad-id" | "wrong-name" | "no-client-auth" | "ca-as-leaf" | "weak-key";

/** One thing that makes a service refuse a leaf. */
export interface LeafFinding {
  readonly fault: LeafFault;
  /** What was expected and what was found. */
  readonly message: string;
  readonly hint: string;
}

/**
 * Everything about a leaf that depends neither on its chain nor on the time, the most telling first; empty = nothing.
 * Never throws.
 *
 * @param options `alone`: it signed itself, as leaves of individual enrollments may, and OpenSSL makes these CAs
 */
export function leafFindings(
  leaf: X509Certificate,
  options: {
    readonly registrationId: string;
    readonly alone: boolean;
  },
): readonly LeafFinding[] {
  const { registrationId, alone } = options;
  const mark = markOf(leaf);
  return [
    ...idFindings(registrationId),
    ...nameFindings(leaf, registrationId),
    ...useFindings(leaf),
    ...(leaf.ca && !alone ? [CA_AS_LEAF] : []),
    ...strengthFindings(leaf.publicKey),
  ].map((finding) => ({ ...finding, message: finding.message + mark }));
}

/** A leaf that is bad on purpose is told apart from one that went bad. */
function markOf(leaf: X509Certificate): string {
  const defect = defectOf(leaf.subject);
  return defect === undefined ? "" : ` (issued on purpose with the defect ${defect})`;
}

/** What keeps DPS from taking a registration id, at most one thing. Never throws. */
export function idFindings(registrationId: string): readonly LeafFinding[] {
  const { length } = Array.from(registrationId);
  if (length <= REGISTRATION_ID_MAX_LENGTH && REGISTRATION_ID_PATTERN.test(registrationId))
    return [];
  const message =
    length > REGISTRATION_ID_MAX_LENGTH
      ? `expected a registration id of at most ${REGISTRATION_ID_MAX_LENGTH} characters, which a common name holds, got ${length}`
      : `expected a registration id of letters, digits and - . _ :, not ending in . _ :, got "${registrationId}"`;
  return [{ fault: "bad-id", message, hint: "give the device another registration id" }];
}

function nameFindings(leaf: X509Certificate, registrationId: string): LeafFinding[] {
  const name = commonNameIn(leaf.subject);
  if (name === registrationId) return [];
  const got = name === undefined ? `subject ${oneLine(leaf.subject)}` : `"${name}"`;
  return [
    {
      fault: "wrong-name",
      message: `expected the common name "${registrationId}" (the registration id), got ${got}`,
      hint: "DPS takes the registration id from the common name: rename the device or use its own certificate",
    },
  ];
}

function useFindings(leaf: X509Certificate): LeafFinding[] {
  // Without the extension a certificate may be used for everything (RFC 5280, 4.2.1.12).
  const uses: readonly string[] | undefined = leaf.keyUsage;
  if (uses === undefined || uses.includes(CLIENT_AUTH)) return [];
  return [
    {
      fault: "no-client-auth",
      message: `expected a certificate for client authentication (${CLIENT_AUTH}), got one for ${uses.join(", ")}`,
      hint: "issue it with extendedKeyUsage = clientAuth",
    },
  ];
}

const CA_AS_LEAF: LeafFinding = {
  fault: "ca-as-leaf",
  message: "expected a device's own certificate, got that of a CA (CA:TRUE)",
  hint: "issue a leaf with basicConstraints = CA:FALSE for the device; a CA's key stays off devices",
};

function strengthFindings(publicKey: KeyObject): LeafFinding[] {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (publicKey.asymmetricKeyType !== "rsa" || bits === undefined || bits >= RSA_BITS_MIN)
    return [];
  return [
    {
      fault: "weak-key",
      message: `expected an EC key, or an RSA key of at least ${RSA_BITS_MIN} bits, got RSA of ${bits}`,
      hint: "issue it anew for a stronger key, such as p256",
    },
  ];
}
