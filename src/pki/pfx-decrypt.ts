import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { elements, inside, TAG } from "./der.ts";
import { derivePkcs12, passwordForms, PURPOSE } from "./pfx-kdf.ts";
import { convertHint, pfxProblem } from "./pfx-problem.ts";

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
/** RFC 7292, appendix C. */
const PBE_SHA1_3DES = "1.2.840.113549.1.12.1.3";
const OLD_CIPHERS: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.12.1.1": "RC4-128",
  "1.2.840.113549.1.12.1.2": "RC4-40",
  "1.2.840.113549.1.12.1.4": "two-key 3DES",
  "1.2.840.113549.1.12.1.5": "RC2-128",
  "1.2.840.113549.1.12.1.6": "RC2-40",
};
/** RFC 8018, appendix B.1.2. */
const PRFS: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
const CIPHERS: Readonly<Record<string, { name: string; keyLength: number }>> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyLength: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyLength: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyLength: 32 },
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", keyLength: 24 },
};

/** Files with more rounds are refused: each round costs time, and a file may ask for any number of them. */
export const MAX_ITERATIONS = 5_000_000;

export interface PfxSecret {
  /** Names the file in messages. */
  readonly file: string;
  /** "" = none. */
  readonly password: string;
}

/**
 * Opens one encrypted part of a PFX: PBES2 with AES or 3DES, or PBES1 with 3DES.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` for another algorithm (naming it, with the mend) or where it does not open
 */
export function decryptPfxPart(
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  secret: PfxSecret,
): Buffer {
  const old = OLD_CIPHERS[algorithm.algorithm];
  if (old !== undefined) {
    throw pfxProblem(secret.file, `expected encryption with AES or 3DES, got ${old}`, {
      hint: convertHint(secret.file),
    });
  }
  const parameters = Buffer.from(algorithm.parameters ?? new ArrayBuffer(0));
  if (algorithm.algorithm === PBES2) return openPbes2(parameters, data, secret);
  if (algorithm.algorithm === PBE_SHA1_3DES) return openPbes1(parameters, data, secret);
  throw unsupported(algorithm.algorithm, secret);
}

function openPbes2(parameters: Buffer, data: Uint8Array, secret: PfxSecret): Buffer {
  const [kdf, scheme] = inside(parameters).map(({ raw }) =>
    AsnConvert.parse(raw, AlgorithmIdentifier),
  );
  const cipher = CIPHERS[scheme?.algorithm ?? ""];
  if (kdf?.algorithm !== PBKDF2) throw unsupported(kdf?.algorithm, secret);
  if (cipher === undefined) throw unsupported(scheme?.algorithm, secret);
  const [iv] = elements(Buffer.from(scheme?.parameters ?? new ArrayBuffer(0)));
  const [salt, iterations, ...options] = inside(Buffer.from(kdf.parameters ?? new ArrayBuffer(0)));
  const prf = options.find(({ tag }) => tag === TAG.sequence);
  // RFC 8018, appendix A.2: without a prf it is HMAC-SHA-1.
  const prfOid =
    prf === undefined
      ? "1.2.840.113549.2.7"
      : AsnConvert.parse(prf.raw, AlgorithmIdentifier).algorithm;
  const digest = PRFS[prfOid];
  if (digest === undefined) throw unsupported(prfOid, secret);
  const key = pbkdf2Sync(
    secret.password,
    salt?.content ?? Buffer.alloc(0),
    iterationsIn(iterations?.content, secret),
    cipher.keyLength,
    digest,
  );
  return opened(cipher.name, key, iv?.content ?? Buffer.alloc(0), data);
}

function openPbes1(parameters: Buffer, data: Uint8Array, secret: PfxSecret): Buffer {
  const [salt, rounds] = inside(parameters);
  const iterations = iterationsIn(rounds?.content, secret);
  let failure: unknown;
  for (const password of passwordForms(secret.password)) {
    const common = {
      digest: "sha1",
      password,
      salt: salt?.content ?? Buffer.alloc(0),
      iterations,
    };
    const key = derivePkcs12({ ...common, purpose: PURPOSE.key, length: 24 });
    const iv = derivePkcs12({ ...common, purpose: PURPOSE.iv, length: 8 });
    try {
      return opened("des-ede3-cbc", key, iv, data);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function opened(cipher: string, key: Buffer, iv: Buffer, data: Uint8Array): Buffer {
  const decipher = createDecipheriv(cipher, key, iv);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}

/** @throws {FleetError} `CERTIFICATE_INVALID` outside 1 to `MAX_ITERATIONS` */
export function checkedIterations(iterations: number, secret: PfxSecret): number {
  if (Number.isInteger(iterations) && iterations >= 1 && iterations <= MAX_ITERATIONS) {
    return iterations;
  }
  throw pfxProblem(
    secret.file,
    `expected 1 to ${MAX_ITERATIONS} rounds of key derivation, got ${iterations}`,
    { hint: convertHint(secret.file) },
  );
}

function iterationsIn(content: Buffer | undefined, secret: PfxSecret): number {
  const size = content?.length ?? 0;
  const iterations =
    content === undefined || size < 1 || size > 6 ? Number.NaN : content.readUIntBE(0, size);
  return checkedIterations(iterations, secret);
}

function unsupported(algorithm: string | undefined, secret: PfxSecret): Error {
  return pfxProblem(
    secret.file,
    `expected encryption with AES or 3DES, got algorithm ${algorithm ?? "none"}`,
    { hint: convertHint(secret.file) },
  );
}
