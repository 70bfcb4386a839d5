import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { integer, NULL, octetString, oid, sequence } from "./der.ts";
import { derivePkcs12, passwordForms, PURPOSE } from "./pfx-kdf.ts";

/**
 * How a PFX is protected. `aes256`: PBES2 with AES-256-CBC and a MAC with HMAC-SHA-256, as OpenSSL 3 writes.
 * `3des`: PBES1 with 3DES and a MAC with HMAC-SHA-1, all that Windows Server 2016 and before read.
 */
export type PfxProtection = "aes256" | "3des";

/** As OpenSSL 3 writes: strong enough for a test password, cheap enough for a thousand devices. */
export const ITERATIONS = 2048;

// Numbers of RFC 8018 (PKCS #5), RFC 7292, appendix C, and NIST's for AES and SHA-2.
const PBES2 = oid("1.2.840.113549.1.5.13");
const PBKDF2 = oid("1.2.840.113549.1.5.12");
const HMAC_SHA256 = oid("1.2.840.113549.2.9");
const AES_256_CBC = oid("2.16.840.1.101.3.4.1.42");
const PBE_SHA1_3DES = oid("1.2.840.113549.1.12.1.3");

/** What is encrypted, and in DER how. */
export interface EncryptedPart {
  /** AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  readonly encrypted: Buffer;
}

/** Encrypts one part of a PFX; `password` "" = none. */
export function encryptPfxPart(
  protection: PfxProtection,
  plain: Uint8Array,
  password: string,
): EncryptedPart {
  return protection === "3des" ? pbes1(plain, password) : pbes2(plain, password);
}

/** Whether a PFX has a part that is encrypted as `3des` does it. What says so is not encrypted itself. */
export function isLegacyPfx(pfx: Uint8Array): boolean {
  return Buffer.from(pfx.buffer, pfx.byteOffset, pfx.byteLength).includes(PBE_SHA1_3DES);
}

function pbes2(plain: Uint8Array, password: string): EncryptedPart {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const derivation = sequence(octetString(salt), integer(ITERATIONS), sequence(HMAC_SHA256, NULL));
  const algorithm = sequence(
    PBES2,
    sequence(sequence(PBKDF2, derivation), sequence(AES_256_CBC, octetString(iv))),
  );
  return { algorithm, encrypted: enciphered("aes-256-cbc", key, iv, plain) };
}

function pbes1(plain: Uint8Array, password: string): EncryptedPart {
  const salt = randomBytes(8);
  const [form = Buffer.alloc(0)] = passwordForms(password);
  const common = { digest: "sha1", password: form, salt, iterations: ITERATIONS };
  const key = derivePkcs12({ ...common, purpose: PURPOSE.key, length: 24 });
  const iv = derivePkcs12({ ...common, purpose: PURPOSE.iv, length: 8 });
  const algorithm = sequence(PBE_SHA1_3DES, sequence(octetString(salt), integer(ITERATIONS)));
  return { algorithm, encrypted: enciphered("des-ede3-cbc", key, iv, plain) };
}

function enciphered(cipherName: string, key: Buffer, iv: Buffer, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(cipherName, key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}
