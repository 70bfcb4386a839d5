import type { KeyObject, X509Certificate } from "node:crypto";
import { createCipheriv, createHmac, hash, pbkdf2Sync, randomBytes } from "node:crypto";
import { element, integer, NULL, octetString, oid, sequence, TAG } from "./der.ts";
import { derivePkcs12, passwordForms, PURPOSE } from "./pfx-kdf.ts";

// Numbers of RFC 7292 (PKCS #12), RFC 5652 (CMS), RFC 8018 (PKCS #5) and RFC 2985 (PKCS #9).
const DATA = oid("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA = oid("1.2.840.113549.1.7.6");
const SHROUDED_KEY_BAG = oid("1.2.840.113549.1.12.10.1.2");
const CERT_BAG = oid("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE = oid("1.2.840.113549.1.9.22.1");
const LOCAL_KEY_ID = oid("1.2.840.113549.1.9.21");
const PBES2 = oid("1.2.840.113549.1.5.13");
const PBKDF2 = oid("1.2.840.113549.1.5.12");
const HMAC_SHA256 = oid("1.2.840.113549.2.9");
const AES_256_CBC = oid("2.16.840.1.101.3.4.1.42");
const SHA256 = oid("2.16.840.1.101.3.4.2.1");

/** As OpenSSL 3 writes: strong enough for a test password, cheap enough for a thousand devices. */
const ITERATIONS = 2048;

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

function encryptedContent(plain: Buffer, password: string): Buffer {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const algorithm = sequence(
    PBES2,
    sequence(
      sequence(
        PBKDF2,
        sequence(octetString(salt), integer(ITERATIONS), sequence(HMAC_SHA256, NULL)),
      ),
      sequence(AES_256_CBC, octetString(iv)),
    ),
  );
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  const content = sequence(DATA, algorithm, element(TAG.contextPrimitive(0), encrypted));
  return sequence(ENCRYPTED_DATA, explicit(0, sequence(integer(0), content)));
}

function mac(content: Buffer, password: string): Buffer {
  const salt = randomBytes(8);
  const [form = Buffer.alloc(0)] = passwordForms(password);
  const key = derivePkcs12({
    digest: "sha256",
    password: form,
    salt,
    iterations: ITERATIONS,
    purpose: PURPOSE.mac,
    length: 32,
  });
  const digest = createHmac("sha256", key).update(content).digest();
  const digestInfo = sequence(sequence(SHA256, NULL), octetString(digest));
  return sequence(digestInfo, octetString(salt), integer(ITERATIONS));
}

/**
 * A PKCS #12 file as OpenSSL 3 writes it: PBES2 with AES-256-CBC, MAC with HMAC-SHA-256.
 *
 * @param chain the leaf first, then the CAs above it
 * @param password "" for none
 */
export function writePfx(options: {
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly password: string;
}): Buffer {
  const [leaf, ...cas] = options.chain;
  if (leaf === undefined) throw new RangeError("a PFX needs a certificate");
  const localKeyId = hash("sha1", leaf.raw, "buffer");
  const certificates = sequence(
    certificateBag(leaf, localKeyId),
    ...cas.map((ca) => certificateBag(ca)),
  );
  const shroudedKey = options.key.export({
    type: "pkcs8",
    format: "der",
    cipher: "aes-256-cbc",
    passphrase: options.password,
  });
  const keys = sequence(bag(SHROUDED_KEY_BAG, shroudedKey, localKeyId));
  const content = sequence(
    encryptedContent(certificates, options.password),
    sequence(DATA, explicit(0, octetString(keys))),
  );
  return sequence(
    integer(3),
    sequence(DATA, explicit(0, octetString(content))),
    mac(content, options.password),
  );
}
