import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";

/** What a CA may sign names for; everything else is refused by whoever trusts it (RFC 5280, 4.2.1.10). */
export interface NameConstraints {
  /** Names; each covers itself and every name below it. */
  readonly dns: readonly string[];
  /** Address blocks: `127.0.0.0/8`, `::1/128`. */
  readonly ip: readonly string[];
}

/** One extension in DER. */
export function extension(extnID: string, value: object, critical = false): Buffer {
  const extnValue = new OctetString(AsnConvert.serialize(value));
  return Buffer.from(AsnConvert.serialize(new x509.Extension({ extnID, critical, extnValue })));
}

/** Critical basicConstraints and keyUsage of a CA. */
export function caExtensions(constraints?: NameConstraints): Buffer[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  return [
    extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), true),
    extension(x509.id_ce_keyUsage, new x509.KeyUsage(keyCertSign | cRLSign), true),
    ...(constraints === undefined ? [] : [nameConstraints(constraints)]),
  ];
}

/** Critical basicConstraints and keyUsage of an end entity, and what it may be used for. */
export function endEntityExtensions(use: "clientAuth" | "serverAuth", rsa: boolean): Buffer[] {
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const purpose = use === "clientAuth" ? x509.id_kp_clientAuth : x509.id_kp_serverAuth;
  // Only an RSA key can encipher another key (TLS 1.2 RSA key exchange).
  const usage = rsa ? digitalSignature | keyEncipherment : digitalSignature;
  return [
    extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: false }), true),
    extension(x509.id_ce_keyUsage, new x509.KeyUsage(usage), true),
    extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([purpose])),
  ];
}

/** Of a device's certificate that is a CA as well, as none should be: it could vouch for others. */
export function caLeafExtensions(): Buffer[] {
  const { digitalSignature, keyCertSign } = x509.KeyUsageFlags;
  return [
    extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), true),
    extension(x509.id_ce_keyUsage, new x509.KeyUsage(digitalSignature | keyCertSign), true),
    extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_clientAuth])),
  ];
}

export function subjectKeyIdentifier(keyId: Uint8Array): Buffer {
  return extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(keyId));
}

export function authorityKeyIdentifier(keyId: Uint8Array): Buffer {
  const keyIdentifier = new x509.KeyIdentifier(keyId);
  return extension(
    x509.id_ce_authorityKeyIdentifier,
    new x509.AuthorityKeyIdentifier({ keyIdentifier }),
  );
}

/** subjectAltName of host names and IP addresses. */
export function subjectAltName(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIP(name) === 0
      ? new x509.GeneralName({ dNSName: name })
      : new x509.GeneralName({ iPAddress: name }),
  );
  return extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(entries));
}

function nameConstraints({ dns, ip }: NameConstraints): Buffer {
  const bases = [
    ...dns.map((dNSName) => new x509.GeneralName({ dNSName })),
    ...ip.map((iPAddress) => new x509.GeneralName({ iPAddress })),
  ];
  const permittedSubtrees = new x509.GeneralSubtrees(
    bases.map((base) => new x509.GeneralSubtree({ base })),
  );
  // Critical: software that does not know name constraints must refuse the CA, not ignore them.
  return extension(
    x509.id_ce_nameConstraints,
    new x509.NameConstraints({ permittedSubtrees }),
    true,
  );
}
