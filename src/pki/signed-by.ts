import type { X509Certificate } from "node:crypto";

/** How a certificate stands to another that may have signed it. */
export type Relation = "signed" | "same name, other key" | "stranger";

/** Whether `parent` signed `child`, by name and by key; or has the name of who did, and another key. Never throws. */
export function relationOf(child: X509Certificate, parent: X509Certificate): Relation {
  const named = child.issuer === parent.subject || child.checkIssued(parent);
  if (!named) return "stranger";
  return hasSignatureOf(child, parent) ? "signed" : "same name, other key";
}

/**
 * Whether `parent` signed `child`, by name and by key, whether or not it may sign. Never throws.
 * `X509Certificate.checkIssued` alone says no where the parent's key usage forbids it, which hides what happened.
 */
export function isSignedBy(child: X509Certificate, parent: X509Certificate): boolean {
  return relationOf(child, parent) === "signed";
}

/** Whether a certificate is self-signed: a root, or a leaf that nobody vouches for. Never throws. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return isSignedBy(certificate, certificate);
}

function hasSignatureOf(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.verify(parent.publicKey);
  } catch {
    // A key kind that OpenSSL cannot use has signed nothing that can be checked.
    return false;
  }
}
