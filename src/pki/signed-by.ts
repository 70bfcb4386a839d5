import type { X509Certificate } from "node:crypto";

/** How a certificate stands to another that may have signed it. */
export type Relation = "signed" | "same name, other key" | "stranger";

/** Whether `parent` signed `child`, by name and by key; or has the name of who did, and another key. Never throws. */
export function relationOf(child: X509Certificate, parent: X509Certificate): Relation {
  if (isSignedBy(child, parent)) return "signed";
  return child.issuer === parent.subject ? "same name, other key" : "stranger";
}

/** Whether `parent` signed `child`, by name and by key; never throws. */
export function isSignedBy(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.checkIssued(parent) && child.verify(parent.publicKey);
  } catch {
    // A key kind that OpenSSL cannot use has signed nothing that can be checked.
    return false;
  }
}
