import { X509Certificate } from "node:crypto";

import type { AttestationDocument, CertificateDocument } from "./enrollment-document.ts";

/** SHA-1 of a certificate as thumbprints are compared: 40 hex digits, lower case. */
export const sha1Of = (certificate: string | Buffer | X509Certificate): string =>
  (certificate instanceof X509Certificate
    ? certificate
    : new X509Certificate(certificate)
  ).fingerprint
    .replaceAll(":", "")
    .toLowerCase();

/** A certificate that an enrollment holds. */
export interface HeldCertificate {
  readonly slot: "primary" | "secondary";
  readonly document: CertificateDocument;
  /** 40 hex digits, lower case; undefined where the service tells neither it nor the certificate. */
  readonly sha1: string | undefined;
}

/** The service may answer with either form, or with both. */
function thumbprintOf({ info, certificate }: CertificateDocument): string | undefined {
  if (info?.sha1Thumbprint) return info.sha1Thumbprint.replaceAll(":", "").toLowerCase();
  if (!certificate) return undefined;
  try {
    return sha1Of(certificate.includes("BEGIN") ? certificate : Buffer.from(certificate, "base64"));
  } catch {
    return undefined;
  }
}

/** The certificates that an attestation holds, primary first; none where it has keys or names CA certificates. Never throws. */
export function heldCertificates({ x509 }: AttestationDocument): readonly HeldCertificate[] {
  const held = x509?.signingCertificates ?? x509?.clientCertificates;
  return (["primary", "secondary"] as const).flatMap((slot) => {
    const document = held?.[slot] ?? undefined;
    return document === undefined ? [] : [{ slot, document, sha1: thumbprintOf(document) }];
  });
}
