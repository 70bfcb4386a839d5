import { X509Certificate } from "node:crypto";
import { normalizeThumbprint } from "../peer-certificate.ts";

/**
 * Reads a certificate as service clients send it: PEM text, bare base64 DER, or base64 of the PEM text (C SDK).
 *
 * @returns undefined if it is none of these; never throws
 */
export function parseCertificateText(text: string): X509Certificate | undefined {
  const trimmed = text.trim();
  const decoded = Buffer.from(trimmed, "base64");
  const attempts = trimmed.startsWith("-----")
    ? [trimmed]
    : [decoded, decoded.toString("latin1").trim()];
  for (const attempt of attempts) {
    try {
      return new X509Certificate(attempt);
    } catch {
      // Not this form: the next one.
    }
  }
  return undefined;
}

/** The `info` member that GET answers show (swagger: X509CertificateInfo). */
export function certificateInfo(
  certificate: X509Certificate,
): Readonly<Record<string, string | number>> {
  return {
    subjectName: oneLineName(certificate.subject),
    sha1Thumbprint: normalizeThumbprint(certificate.fingerprint),
    sha256Thumbprint: normalizeThumbprint(certificate.fingerprint256),
    issuerName: oneLineName(certificate.issuer),
    notBeforeUtc: new Date(certificate.validFrom).toISOString(),
    notAfterUtc: new Date(certificate.validTo).toISOString(),
    serialNumber: certificate.serialNumber,
    version: 3,
  };
}

/** A subject or issuer in one line; Node prints a name with one attribute a line. */
export function oneLineName(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}
