import type { KeyObject } from "node:crypto";
import { createHmac, createPrivateKey, timingSafeEqual, X509Certificate } from "node:crypto";
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_keyBag,
  id_pkcs8ShroudedKeyBag,
  id_x509Certificate,
  PFX,
  SafeContents,
} from "@peculiar/asn1-pfx";
import { EncryptedPrivateKeyInfo } from "@peculiar/asn1-pkcs8";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { FleetError } from "../base/errors.ts";
import { elements, inside, TAG } from "./der.ts";
import type { PfxSecret } from "./pfx-decrypt.ts";
import { checkedIterations, decryptPfxPart } from "./pfx-decrypt.ts";
import { derivePkcs12, passwordForms, PURPOSE } from "./pfx-kdf.ts";
import { convertHint, pfxProblem } from "./pfx-problem.ts";

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const MAC_DIGESTS: Readonly<Record<string, { name: string; length: number }>> = {
  "1.3.14.3.2.26": { name: "sha1", length: 20 },
  "2.16.840.1.101.3.4.2.4": { name: "sha224", length: 28 },
  "2.16.840.1.101.3.4.2.1": { name: "sha256", length: 32 },
  "2.16.840.1.101.3.4.2.2": { name: "sha384", length: 48 },
  "2.16.840.1.101.3.4.2.3": { name: "sha512", length: 64 },
};

/** What a PFX of a device holds. */
export interface PfxContent {
  readonly key: KeyObject;
  /** The certificate of the key first, then those above it, as far as the file goes. */
  readonly chain: readonly X509Certificate[];
}

/**
 * Reads a PFX: its MAC, its one private key, and the chain of the certificate that belongs to it.
 *
 * Takes PBES2 (AES, 3DES) and PBES1 with 3DES; RC2, RC4 and files without MAC are refused with the mend.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` naming the file, what was expected and what was found
 */
export function readPfx(data: Uint8Array, secret: PfxSecret): PfxContent {
  const pfx = parsed(data, secret);
  const content = contentOf(pfx.authSafe.content, secret);
  checkMac(pfx, content, secret);
  try {
    return contentsOf(content, secret);
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw pfxProblem(secret.file, "expected a whole PKCS #12 file, got a damaged one", {
      hint: "make the file anew",
      cause: error,
    });
  }
}

/** Whether these bytes are a PKCS #12 file at all, of whatever kind. Never throws. */
export function isPfx(data: Uint8Array): boolean {
  try {
    AsnConvert.parse(data, PFX);
    return true;
  } catch {
    return false;
  }
}

function parsed(data: Uint8Array, { file }: PfxSecret): PFX {
  try {
    return AsnConvert.parse(data, PFX);
  } catch (cause) {
    throw pfxProblem(file, "expected a PKCS #12 file (PFX), got something else", {
      hint: "make it with: openssl pkcs12 -export -in full-chain.cert.pem -inkey key.pem -out FILE",
      cause,
    });
  }
}

/** The octets of a `data` content: what MAC and bags are in. */
function contentOf(content: ArrayBuffer, { file }: PfxSecret): Buffer {
  try {
    return Buffer.from(AsnConvert.parse(content, OctetString).buffer);
  } catch (cause) {
    throw pfxProblem(file, "expected a PKCS #12 file with a password, got one with a public key", {
      cause,
    });
  }
}

function checkMac(pfx: PFX, content: Buffer, secret: PfxSecret): void {
  const { file, password } = secret;
  const { mac, macSalt, iterations } = pfx.macData ?? {};
  // The schema leaves empty objects, not undefined, where the file has no MAC.
  if (mac === undefined || mac.digestAlgorithm.algorithm === "") {
    throw pfxProblem(file, "expected a MAC, which shows that the password is right, got none", {
      hint: convertHint(file),
    });
  }
  const algorithm = mac.digestAlgorithm.algorithm;
  const digest = MAC_DIGESTS[algorithm];
  if (digest === undefined) {
    const expected = "expected a MAC with SHA-1 or SHA-2";
    throw pfxProblem(file, `${expected}, got algorithm ${algorithm}`, { hint: convertHint(file) });
  }
  const stated = Buffer.from(mac.digest.buffer);
  const rounds = checkedIterations(iterations ?? 1, secret);
  const right = passwordForms(password).some((form) => {
    const key = derivePkcs12({
      digest: digest.name,
      password: form,
      salt: new Uint8Array(macSalt.buffer),
      iterations: rounds,
      purpose: PURPOSE.mac,
      length: digest.length,
    });
    const computed = createHmac(digest.name, key).update(content).digest();
    return computed.length === stated.length && timingSafeEqual(computed, stated);
  });
  if (right) return;
  throw pfxProblem(
    file,
    password === ""
      ? "expected a password, got none"
      : "expected the password that the file was made with, got another one (or the file is damaged)",
    {
      hint: "name the environment variable or file with its password: credentials.password in a scenario, --password-env or --password-file elsewhere",
    },
  );
}

function contentsOf(content: Buffer, secret: PfxSecret): PfxContent {
  const keys: KeyObject[] = [];
  const certificates: X509Certificate[] = [];
  for (const info of AsnConvert.parse(content, AuthenticatedSafe)) {
    const plain = plainContent(info.contentType, info.content, secret);
    for (const { bagId, bagValue } of AsnConvert.parse(plain, SafeContents)) {
      if (bagId === id_certBag) certificates.push(certificateIn(bagValue));
      if (bagId === id_keyBag) keys.push(privateKey(Buffer.from(bagValue)));
      if (bagId === id_pkcs8ShroudedKeyBag) {
        const sealed = AsnConvert.parse(bagValue, EncryptedPrivateKeyInfo);
        const bytes = new Uint8Array(sealed.encryptedData.buffer);
        keys.push(privateKey(decryptPfxPart(sealed.encryptionAlgorithm, bytes, secret)));
      }
    }
  }
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw pfxProblem(secret.file, `expected one private key, got ${keys.length}`);
  }
  return { key, chain: chainOf(key, certificates, secret) };
}

/** RFC 5652: `data` is plain; `encryptedData` is version, then content type, algorithm and [0] octets. */
function plainContent(type: string, content: ArrayBuffer, secret: PfxSecret): Buffer {
  if (type === DATA) return contentOf(content, secret);
  if (type !== ENCRYPTED_DATA) {
    throw pfxProblem(secret.file, `expected parts encrypted with a password, got ${type}`);
  }
  const [, info] = inside(new Uint8Array(content));
  const [, algorithm, encrypted] = info === undefined ? [] : elements(info.content);
  if (algorithm === undefined || encrypted === undefined) throw new RangeError("no content");
  const octets =
    encrypted.tag === TAG.context(0)
      ? Buffer.concat(elements(encrypted.content).map((part) => part.content))
      : encrypted.content;
  return decryptPfxPart(AsnConvert.parse(algorithm.raw, AlgorithmIdentifier), octets, secret);
}

function privateKey(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function certificateIn(bagValue: ArrayBuffer): X509Certificate {
  const { certId, certValue } = AsnConvert.parse(bagValue, CertBag);
  if (certId !== id_x509Certificate) throw new RangeError(`certificate of type ${certId}`);
  return new X509Certificate(Buffer.from(AsnConvert.parse(certValue, OctetString).buffer));
}

/** The order of the bags means nothing: the leaf is the certificate of the key, the rest follows by issuer. */
function chainOf(
  key: KeyObject,
  certificates: readonly X509Certificate[],
  { file }: PfxSecret,
): X509Certificate[] {
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) {
    const found = `got ${certificates.length} certificates, none of them of this key`;
    throw pfxProblem(file, `expected the certificate of the private key, ${found}`, {
      hint: "export leaf, chain and key of one device into the file",
    });
  }
  const chain = [leaf];
  for (let last = leaf; !last.checkIssued(last);) {
    const below = last;
    const next = certificates.find(
      (candidate) => !chain.includes(candidate) && below.checkIssued(candidate),
    );
    if (next === undefined) break;
    chain.push(next);
    last = next;
  }
  return chain;
}
