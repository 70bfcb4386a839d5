import { derivedDeviceKey } from "../../base/symmetric-key.ts";
import { randomKey } from "../random-key.ts";

/** Both keys of an enrollment, in base64. */
export interface SymmetricKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** A key as DPS makes it where a client gives none: 64 bytes. */
export function newSymmetricKey(newKey = randomKey): string {
  return newKey(64);
}

/** The keys that a device of a group has; the group's own keys stay with the service. */
export function deviceKeys(group: SymmetricKeys, registrationId: string): SymmetricKeys {
  return {
    primaryKey: derivedDeviceKey(group.primaryKey, registrationId),
    secondaryKey: derivedDeviceKey(group.secondaryKey, registrationId),
  };
}
