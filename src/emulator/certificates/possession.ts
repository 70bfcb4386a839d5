import type { X509Certificate } from "node:crypto";
import { createHash } from "node:crypto";

/**
 * A new verification code: 48 upper-case hex digits; Azure's form is not documented.
 *
 * @param randomId a GUID that nobody can guess
 */
export function newVerificationCode(randomId: string): string {
  return createHash("sha256").update(randomId).digest("hex").slice(0, 48).toUpperCase();
}

/**
 * Why a verification certificate does not show that its maker holds the CA's key, or undefined where it does: the key
 * signed it, and its common name is the code. Nothing else of it is looked at.
 * Source: Microsoft Learn, "How to verify X.509 CA certificates with your Device Provisioning Service".
 */
export function possessionProblem(
  proof: X509Certificate,
  { ca, code }: { readonly ca: X509Certificate; readonly code: string },
): string | undefined {
  const names = commonNamesOf(proof);
  if (!names.includes(code))
    return `its subject's common name is ${names.length === 0 ? "missing" : `"${names.join('", "')}"`}, expected the verification code`;
  return isSignedBy(proof, ca)
    ? undefined
    : "the private key of the CA certificate did not sign it";
}

function commonNamesOf({ subject }: X509Certificate): readonly string[] {
  // Node gives no subject at all where the certificate has an empty one.
  return [...(subject ?? "").matchAll(/^CN=(.*)$/gm)].map(([, name = ""]) => name);
}

function isSignedBy(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.verify(parent.publicKey);
  } catch {
    // A key of another kind than the signature's, or one that OpenSSL cannot use.
    return false;
  }
}
