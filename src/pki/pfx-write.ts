import type { KeyObject, X509Certificate } from "node:crypto";
import { createHmac, hash, randomBytes } from "node:crypto";
import { element, integer, NULL, octetString, oid, sequence, TAG } from "./der.ts";
import type { PfxProtection } from "./pfx-encrypt.ts";
import { encryptPfxPart, ITERATIONS } from "./pfx-encrypt.ts";
import { derivePkcs12, passwordForms, PURPOSE } from "./pfx-kdf.ts";

// Numbers of RFC 7292 (PKCS #12), RFC 5652 (CMS) and RFC 2985 (PKCS #9).
const DATA = oid("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA = oid("1.2.840.113549.1.7.6");
const SHROUDED_KEY_BAG = oid("1.2.840.113549.1.12.10.1.2");
const CERT_BAG = oid("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE = oid("1.2.840.113549.1.9.22.1");
const LOCAL_KEY_ID = oid("1.2.840.113549.1.9.21");

/** The MAC of each protection. */
const MAC_DIGESTS: Readonly<Record<PfxProtection, { name: string; length: number; oid: Buffer }>> =
  {
    aes256: { name: "sha256", length: 32, oid: oid("2.16.840.1.101.3.4.2.1") },
    "3des": { name: "sha1", length: 20, oid: oid("1.3.14.3.2.26") },
  };

const explicit = (n: number, content: Uint8Array): Buffer => element(TAG.context(n), content);

function bag(type: Buffer, value: Buffer, localKeyId?: Uint8Array): Buffer {
  if (localKeyId === undefined) return sequence(type, explicit(0, value));
  const attribute = sequence(LOCAL_KEY_ID, element(TAG.set, octetString(localKeyId)));
  return sequence(type, explicit(0, value), element(TAG.set, attribute));
}

function certificateBag(certificate: X509Certificate, localKeyId?: Uint8Array): Buffer {
  const value = sequence(X509_CERTIFICATE, explicit(0, octetString(certificate.raw)));
  return bag(CERT_BAG, value, localKeyId);
}

function encryptedContent(protection: PfxProtection, plain: Buffer, password: string): Buffer {
  const { algorithm, encrypted } = encryptPfxPart(protection, plain, password);
  const content = sequence(DATA, algorithm, element(TAG.contextPrimitive(0), encrypted));
  return sequence(ENCRYPTED_DATA, explicit(0, sequence(integer(0), content)));
}

/** EncryptedPrivateKeyInfo (RFC 5958, section 3). */
function shroudedKey(protection: PfxProtection, key: KeyObject, password: string): Buffer {
  const plain = key.export({ type: "pkcs8", format: "der" });
  const { algorithm, encrypted } = encryptPfxPart(protection, plain, password);
  return sequence(algorithm, octetString(encrypted));
}

function mac(protection: PfxProtection, content: Buffer, password: string): Buffer {
  const digest = MAC_DIGESTS[protection];
  const salt = randomBytes(8);
  const [form = Buffer.alloc(0)] = passwordForms(password);
  const key = derivePkcs12({
    digest: digest.name,
    password: form,
    salt,
    iterations: ITERATIONS,
    purpose: PURPOSE.mac,
    length: digest.length,
  });
  const computed = createHmac(digest.name, key).update(content).digest();
  const digestInfo = sequence(sequence(digest.oid, NULL), octetString(computed));
  return sequence(digestInfo, octetString(salt), integer(ITERATIONS));
}

/**
 * A PKCS #12 file with one key and its chain.
 *
 * @param chain the leaf first, then the CAs above it
 * @param password "" for none
 * @param protection default: `aes256`
 */
export function writePfx(options: {
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly password: string;
  readonly protection?: PfxProtection | undefined;
}): Buffer {
  const { chain, key, password, protection = "aes256" } = options;
  const [leaf, ...cas] = chain;
  if (leaf === undefined) throw new RangeError("a PFX needs a certificate");
  const localKeyId = hash("sha1", leaf.raw, "buffer");
  const certificates = sequence(
    certificateBag(leaf, localKeyId),
    ...cas.map((ca) => certificateBag(ca)),
  );
  const keys = sequence(bag(SHROUDED_KEY_BAG, shroudedKey(protection, key, password), localKeyId));
  const content = sequence(
    encryptedContent(protection, certificates, password),
    sequence(DATA, explicit(0, octetString(keys))),
  );
  return sequence(
    integer(3),
    sequence(DATA, explicit(0, octetString(content))),
    mac(protection, content, password),
  );
}
