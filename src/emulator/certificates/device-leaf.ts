import type { X509Certificate } from "node:crypto";

/** id-kp-clientAuth (RFC 5280, 4.2.1.12). */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
/** NIST SP 800-131A: RSA keys below this are disallowed. What DPS asks for is not documented. */
const RSA_BITS_MIN = 2048;

/**
 * Whether a certificate may stand for a client at all: for client authentication, or for everything (without the
 * extension), and with a key that nobody can work out.
 *
 * DPS refuses a leaf that is for something else: Azure/azure-iot-sdk-c #1519.
 */
export function isForClients(leaf: X509Certificate): boolean {
  // Node's typings leave out that the extension may be missing.
  const uses: readonly string[] | undefined = leaf.keyUsage;
  return (uses === undefined || uses.includes(CLIENT_AUTH)) && hasStrongKey(leaf);
}

/** Whether it is a device's certificate and not a CA's, which vouches for others and is no device. */
export function isEndEntity(leaf: X509Certificate): boolean {
  return !leaf.ca;
}

function hasStrongKey({ publicKey }: X509Certificate): boolean {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  return publicKey.asymmetricKeyType !== "rsa" || (bits ?? 0) >= RSA_BITS_MIN;
}
