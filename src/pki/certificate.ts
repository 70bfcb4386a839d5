import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import type { NameConstraints } from "./extensions.ts";
import { caExtensions, endEntityExtensions, subjectAltName } from "./extensions.ts";
import type { KeyKind, KeyPair } from "./key-kind.ts";
import { generateKey, privateKeyPem } from "./key-kind.ts";
import { distinguishedName, ORGANIZATION } from "./name.ts";
import type { Period } from "./signed-certificate.ts";
import { signCertificate } from "./signed-certificate.ts";
import type { Issuer } from "./signer.ts";
import { preparedSigner, selfSigner } from "./signer.ts";

export type { Issuer };

/** Days that a certificate holds where nothing else is asked. */
export const DEFAULT_DAYS = { root: 3650, intermediate: 1825, leaf: 365, server: 365 } as const;

const DAY_MS = 86_400_000;
/** Certificates hold from a little before they are made: clocks of devices and services differ. */
const BACKDATED_MS = 5 * 60_000;

/** What can be said about every certificate that is issued. */
export interface IssueOptions {
  readonly now: Date;
  /** > 0, from `now`; default in `DEFAULT_DAYS`. Never past the end of the signer. */
  readonly days?: number | undefined;
  /** Default `p256`. Not used where `key` is given. */
  readonly keyKind?: KeyKind | undefined;
  /** An existing private key to certify, in place of a new one. */
  readonly key?: KeyObject | undefined;
  /** Default: five minutes before `now`. */
  readonly notBefore?: Date | undefined;
  /** Default: `days` from `now`; as given, even past the end of the signer. */
  readonly notAfter?: Date | undefined;
}

export interface CaOptions extends IssueOptions {
  /** Organization in the subject; default: our mark, `dps-fleet`. `null` = none. */
  readonly organization?: string | null | undefined;
  /** The only names and addresses that this CA may sign for; default: no bound. */
  readonly nameConstraints?: NameConstraints | undefined;
}

export interface IssuedCa extends Issuer {
  /** PKCS#8 PEM, not encrypted. */
  readonly privateKeyPem: string;
}

export interface IssuedLeaf {
  readonly certificatePem: string;
  /** Leaf, intermediates, root, in this order. */
  readonly fullChainPem: string;
  /** PKCS#8 PEM, not encrypted. */
  readonly privateKeyPem: string;
  readonly key: KeyObject;
}

/** Issues a self-signed root CA. `subject` is its common name. */
export async function issueRoot(
  options: CaOptions & { readonly subject?: string | undefined },
): Promise<IssuedCa> {
  const { privateKey, publicKey } = await keyFor(options);
  const name = caName(options.subject ?? "dps-fleet test-only root CA", options);
  const certificatePem = signCertificate(
    {
      ...periodOf(options, DEFAULT_DAYS.root, undefined),
      subject: name,
      publicKey,
      extensions: caExtensions(options.nameConstraints),
    },
    selfSigner(privateKey, name),
  );
  return issuedCa(certificatePem, certificatePem, privateKey);
}

/** Issues a CA under another. `subject` is its common name. */
export async function issueIntermediate(
  options: CaOptions & { readonly subject: string; readonly signer: Issuer },
): Promise<IssuedCa> {
  const signer = preparedSigner(options.signer);
  const { privateKey, publicKey } = await keyFor(options);
  const certificatePem = signCertificate(
    {
      ...periodOf(options, DEFAULT_DAYS.intermediate, signer.notAfter),
      subject: caName(options.subject, options),
      publicKey,
      extensions: caExtensions(options.nameConstraints),
    },
    signer,
  );
  return issuedCa(certificatePem, certificatePem + options.signer.chainPem, privateKey);
}

const LEAF_EXTENSIONS = {
  ec: endEntityExtensions("clientAuth", false),
  rsa: endEntityExtensions("clientAuth", true),
} as const;

/**
 * Issues a device's leaf: client authentication, its registration id as common name.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the id is empty or longer than 64 characters
 */
export async function issueLeaf(
  options: IssueOptions & { readonly registrationId: string; readonly signer: Issuer },
): Promise<IssuedLeaf> {
  const signer = preparedSigner(options.signer);
  const subject = distinguishedName(options.registrationId);
  const { privateKey, publicKey } = await keyFor(options);
  const certificatePem = signCertificate(
    {
      ...periodOf(options, DEFAULT_DAYS.leaf, signer.notAfter),
      subject,
      publicKey,
      extensions: LEAF_EXTENSIONS[privateKey.asymmetricKeyType === "rsa" ? "rsa" : "ec"],
    },
    signer,
  );
  return {
    certificatePem,
    fullChainPem: certificatePem + options.signer.chainPem,
    privateKeyPem: privateKeyPem(privateKey),
    key: privateKey,
  };
}

/** Issues a server certificate for host names and IP addresses. `chainPem` starts with it. */
export async function issueServer(
  options: IssueOptions & { readonly names: readonly string[]; readonly signer: Issuer },
): Promise<{ chainPem: string; privateKeyPem: string }> {
  const signer = preparedSigner(options.signer);
  const { privateKey, publicKey } = await keyFor(options);
  const certificatePem = signCertificate(
    {
      ...periodOf(options, DEFAULT_DAYS.server, signer.notAfter),
      // Not a host name on purpose: OpenSSL holds name constraints against a common name that looks like one.
      subject: distinguishedName("dps-fleet test-only server"),
      publicKey,
      extensions: [
        ...endEntityExtensions("serverAuth", privateKey.asymmetricKeyType === "rsa"),
        subjectAltName(options.names),
      ],
    },
    signer,
  );
  return {
    chainPem: certificatePem + options.signer.chainPem,
    privateKeyPem: privateKeyPem(privateKey),
  };
}

/**
 * Issues the certificate that proves to DPS that we hold the CA's key: its common name is the code.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the code is empty or longer than 64 characters
 */
export async function issueVerification(
  options: IssueOptions & { readonly code: string; readonly signer: Issuer },
): Promise<{ certificatePem: string; privateKeyPem: string }> {
  const { code, ...rest } = options;
  const { certificatePem, privateKeyPem: key } = await issueLeaf({ ...rest, registrationId: code });
  return { certificatePem, privateKeyPem: key };
}

const caName = (subject: string, { organization }: CaOptions): Buffer =>
  distinguishedName(subject, organization === null ? undefined : (organization ?? ORGANIZATION));

const issuedCa = (certificatePem: string, chainPem: string, key: KeyObject): IssuedCa => ({
  certificatePem,
  chainPem,
  key,
  privateKeyPem: privateKeyPem(key),
});

async function keyFor({ key, keyKind }: IssueOptions): Promise<KeyPair> {
  return key === undefined
    ? generateKey(keyKind ?? "p256")
    : { privateKey: key, publicKey: createPublicKey(key) };
}

function periodOf(options: IssueOptions, days: number, signerEnd: Date | undefined): Period {
  const end = options.now.getTime() + (options.days ?? days) * DAY_MS;
  const bound = Math.min(end, signerEnd?.getTime() ?? end);
  return {
    notBefore: options.notBefore ?? new Date(options.now.getTime() - BACKDATED_MS),
    notAfter: options.notAfter ?? new Date(bound),
  };
}
