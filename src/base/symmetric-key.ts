import { createHmac } from "node:crypto";

/** Source: Microsoft Learn, "Symmetric key attestation": base64, between 16 and 64 bytes. */
export function isSymmetricKey(text: string): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text && bytes.length >= 16 && bytes.length <= 64;
}

/**
 * The key that a device of an enrollment group has; the group's own key never leaves the service and its operator.
 * HMAC-SHA256 over the registration id in lower case.
 * Source: Microsoft Learn, "Symmetric key attestation", "Group enrollments".
 *
 * @param groupKey base64
 * @returns base64 of 32 bytes
 */
export function derivedDeviceKey(groupKey: string, registrationId: string): string {
  return createHmac("sha256", Buffer.from(groupKey, "base64"))
    .update(registrationId.toLowerCase())
    .digest("base64");
}
