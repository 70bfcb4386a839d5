import type { KeyObject } from "node:crypto";
import { randomBytes } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Validity } from "@peculiar/asn1-x509";
import { bitString, element, sequence, TAG } from "./der.ts";
import { subjectKeyIdentifier } from "./extensions.ts";
import { toPem } from "./pem.ts";
import type { PreparedSigner } from "./signer.ts";
import { keyIdentifier, signWith } from "./signer.ts";

/** From when until when a certificate holds; whole seconds. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateContent extends Period {
  /** The subject's distinguished name in DER. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  /** Extensions in DER, beside the two key identifiers, which every certificate gets. */
  readonly extensions: readonly Buffer[];
}

// version 3 is the number 2, and [0] EXPLICIT (RFC 5280, 4.1.2.1).
const VERSION_3 = element(TAG.context(0), element(TAG.integer, Buffer.of(2)));

/** 16 random octets, the first between 0x40 and 0x7f: positive, never zero, always of one length. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return element(TAG.integer, serial);
}

function validity(period: Period): Buffer {
  return Buffer.from(AsnConvert.serialize(new Validity(period)));
}

/**
 * Signs an X.509 v3 certificate (RFC 5280, 4.1) and returns it as PEM.
 *
 * Names, extensions and the algorithm come in DER, since they are equal for thousands of leaves;
 * putting them together is what makes a leaf cheap.
 */
export function signCertificate(content: CertificateContent, signer: PreparedSigner): string {
  const spki = content.publicKey.export({ type: "spki", format: "der" });
  const extensions = sequence(
    ...content.extensions,
    subjectKeyIdentifier(keyIdentifier(spki)),
    signer.authorityKeyIdentifier,
  );
  const tbs = sequence(
    VERSION_3,
    serialNumber(),
    signer.algorithm,
    signer.issuerName,
    validity(content),
    content.subject,
    spki,
    element(TAG.context(3), extensions),
  );
  return toPem("CERTIFICATE", sequence(tbs, signer.algorithm, bitString(signWith(signer, tbs))));
}
