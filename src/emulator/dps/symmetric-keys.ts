import { createHmac } from "node:crypto";
import { randomKey } from "../random-key.ts";

/** Both keys of an enrollment, in base64. */
export interface SymmetricKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** Source: Microsoft Learn, "Symmetric key attestation": base64, between 16 and 64 bytes. */
export function isSymmetricKey(text: string): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text && bytes.length >= 16 && bytes.length <= 64;
}

/** A key as DPS makes it where a client gives none: 64 bytes. */
export function newSymmetricKey(newKey = randomKey): string {
  return newKey(64);
}

/**
 * The keys that a device of a group has; the group's own keys stay with the service.
 * HMAC-SHA256 over the registration id in lower case.
 * Source: Microsoft Learn, "Symmetric key attestation", "Group enrollments".
 */
export function deviceKeys(group: SymmetricKeys, registrationId: string): SymmetricKeys {
  return {
    primaryKey: derivedKey(group.primaryKey, registrationId),
    secondaryKey: derivedKey(group.secondaryKey, registrationId),
  };
}

function derivedKey(groupKey: string, registrationId: string): string {
  return createHmac("sha256", Buffer.from(groupKey, "base64"))
    .update(registrationId.toLowerCase())
    .digest("base64");
}
