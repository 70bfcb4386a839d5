import type { KeyObject } from "node:crypto";
import { generateKeyPair, generateKeyPairSync } from "node:crypto";
import { promisify } from "node:util";

/** The kinds of keys that certificates are issued for. */
export const KEY_KINDS = ["p256", "p384", "rsa2048", "rsa4096"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const CURVES: Readonly<Record<string, KeyKind>> = { prime256v1: "p256", secp384r1: "p384" };
const MODULI: Readonly<Record<number, KeyKind>> = { 2048: "rsa2048", 4096: "rsa4096" };
const generateRsa = promisify(generateKeyPair);

/** The kind of a public or private key; undefined = none that we issue (another curve, another modulus). */
export function keyKindOf(key: KeyObject): KeyKind | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "ec") return CURVES[details?.namedCurve ?? ""];
  if (key.asymmetricKeyType === "rsa") return MODULI[details?.modulusLength ?? 0];
  return undefined;
}

/** What a key is, for messages: its kind where we have a name for it, else its type. */
export function describeKey(key: KeyObject): string {
  return keyKindOf(key) ?? key.asymmetricKeyType ?? "unknown";
}

/** A new key pair. RSA is made on the thread pool (0.1 s and more); EC, 0.04 ms, at once. */
export async function generateKey(kind: KeyKind): Promise<KeyPair> {
  switch (kind) {
    case "p256":
      return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    case "p384":
      return generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    case "rsa2048":
      return generateRsa("rsa", { modulusLength: 2048 });
    case "rsa4096":
      return generateRsa("rsa", { modulusLength: 4096 });
    default:
      return kind satisfies never;
  }
}

/** The private key as unencrypted PKCS#8 PEM, or encrypted (PBES2, AES-256-CBC) with a passphrase. */
export function privateKeyPem(key: KeyObject, passphrase?: string): string {
  const pem = key.export(
    passphrase === undefined
      ? { type: "pkcs8", format: "pem" }
      : { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase },
  );
  return pem.toString();
}
