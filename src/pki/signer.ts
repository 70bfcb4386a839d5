import type { KeyObject } from "node:crypto";
import { createPublicKey, hash, sign, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, Certificate, id_ce_subjectKeyIdentifier } from "@peculiar/asn1-x509";
import { FleetError } from "../base/errors.ts";
import { element, elements, inside, TAG } from "./der.ts";
import { authorityKeyIdentifier } from "./extensions.ts";

/** A CA that signs: its certificate, the chain that leads to its root, and its private key. */
export interface Issuer {
  readonly certificatePem: string;
  /** The CA's own certificate first, then those above it up to the root, one PEM text. */
  readonly chainPem: string;
  readonly key: KeyObject;
}

/** Everything about a signer that is the same in each certificate it signs, already in DER. */
export interface PreparedSigner {
  readonly key: KeyObject;
  readonly digest: string;
  readonly algorithm: Buffer;
  readonly issuerName: Buffer;
  readonly authorityKeyIdentifier: Buffer;
  readonly notAfter: Date | undefined;
}

interface Algorithm {
  readonly digest: string;
  readonly oid: string;
  readonly parameters?: null;
}

// RFC 5758 section 3.2: ECDSA with SHA-2, no parameters. RFC 4055 section 5: RSA with NULL ones.
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  prime256v1: { digest: "sha256", oid: "1.2.840.10045.4.3.2" },
  secp384r1: { digest: "sha384", oid: "1.2.840.10045.4.3.3" },
  secp521r1: { digest: "sha512", oid: "1.2.840.10045.4.3.4" },
  rsa: { digest: "sha256", oid: "1.2.840.113549.1.1.11", parameters: null },
};

function algorithmFor(key: KeyObject): Algorithm {
  const name = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
  const algorithm = ALGORITHMS[name];
  if (algorithm !== undefined) return algorithm;
  throw new FleetError(
    "CERTIFICATE_INVALID",
    `key of the signing CA: expected EC P-256, P-384, P-521 or RSA, got ${name}`,
    { hint: "sign with a CA of one of these kinds" },
  );
}

/** SHA-1 of the bits of the public key (RFC 5280, 4.2.1.2, method 1). */
export function keyIdentifier(spki: Uint8Array): Buffer {
  const bits = inside(spki)[1];
  return hash("sha1", bits?.content.subarray(1) ?? Buffer.alloc(0), "buffer");
}

/** A signer for a certificate that is to carry its own subject as issuer: a root. */
export function selfSigner(key: KeyObject, subject: Buffer): PreparedSigner {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return prepare(key, subject, keyIdentifier(spki), undefined);
}

const prepared = new WeakMap<Issuer, PreparedSigner>();

/**
 * The signer in DER, made once for each issuer.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if its key is of a kind that we cannot sign with
 */
export function preparedSigner(issuer: Issuer): PreparedSigner {
  const known = prepared.get(issuer);
  if (known !== undefined) return known;
  const certificate = new X509Certificate(issuer.certificatePem);
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  const keyId = keyIdOf(certificate) ?? keyIdentifier(spki);
  const signer = prepare(
    issuer.key,
    subjectOf(certificate.raw),
    keyId,
    new Date(certificate.validTo),
  );
  prepared.set(issuer, signer);
  return signer;
}

/** Signs `data` with the signer's key; ECDSA signatures in DER, as certificates hold them. */
export function signWith(signer: PreparedSigner, data: Uint8Array): Buffer {
  return sign(signer.digest, data, signer.key);
}

function prepare(
  key: KeyObject,
  issuerName: Buffer,
  keyId: Buffer,
  notAfter: Date | undefined,
): PreparedSigner {
  const { digest, oid, parameters } = algorithmFor(key);
  const algorithm = AsnConvert.serialize(
    new AlgorithmIdentifier(
      parameters === null ? { algorithm: oid, parameters } : { algorithm: oid },
    ),
  );
  return {
    key,
    digest,
    algorithm: Buffer.from(algorithm),
    issuerName,
    authorityKeyIdentifier: authorityKeyIdentifier(keyId),
    notAfter,
  };
}

/** The subject as it stands in the certificate: byte for byte, so that issuer and subject are equal. */
function subjectOf(certificateDer: Buffer): Buffer {
  const [tbs] = inside(certificateDer);
  const fields = tbs === undefined ? [] : inside(tbs.raw);
  // version [0] is left out of a v1 certificate, which moves the subject (RFC 5280, 4.1).
  const subject = fields[fields[0]?.tag === TAG.context(0) ? 5 : 4];
  return subject?.raw ?? element(TAG.sequence);
}

/** The key identifier that the CA states about itself: ours must be equal to it, whoever made it. */
function keyIdOf(certificate: X509Certificate): Buffer | undefined {
  const { extensions } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
  const stated = extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  if (stated === undefined) return undefined;
  const [octets] = elements(new Uint8Array(stated.extnValue.buffer));
  return octets?.content;
}
