import type { X509Certificate } from "node:crypto";
import { oneLine } from "../../pki/name.ts";

/** SHA-1 thumbprint as Azure shows it: 40 upper-case hex digits. */
export const sha1Of = ({ fingerprint }: X509Certificate): string => fingerprint.replaceAll(":", "");

/** SHA-256 thumbprint, 64 upper-case hex digits. */
export const sha256Of = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(":", "");

/** A certificate in a line: subject, thumbprint, end. */
export function certificateLine(certificate: X509Certificate): string {
  const until = new Date(certificate.validTo).toISOString().slice(0, 10);
  return `${oneLine(certificate.subject)}, SHA-1 ${sha1Of(certificate)}, until ${until}`;
}
