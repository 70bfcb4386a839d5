import type { X509Certificate } from "node:crypto";
import { describeKey } from "./key-kind.ts";
import { oneLine } from "./name.ts";

/** What people and scripts want to know of a certificate. */
export interface CertificateFacts {
  /** On one line: `O=dps-fleet, CN=root`. */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
  /** `p256`, `p384`, `rsa2048`, `rsa4096`, or the type of another key. */
  readonly keyKind: string;
  /** Upper-case hex without colons, as Azure shows them. */
  readonly thumbprints: { readonly sha1: string; readonly sha256: string };
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    keyKind: describeKey(certificate.publicKey),
    thumbprints: {
      sha1: certificate.fingerprint.replaceAll(":", ""),
      sha256: certificate.fingerprint256.replaceAll(":", ""),
    },
  };
}
