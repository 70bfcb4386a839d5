import type { KeyObject, X509Certificate } from "node:crypto";
import type { SecureContext } from "node:tls";
import { createSecureContext } from "node:tls";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import type { Identity } from "./identity-check.ts";
import { identityProblems, keyProblems, parseCertificates } from "./identity-check.ts";
import { privateKeyPem } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { parsePrivateKey } from "./private-key-file.ts";
import type { CertificateSpec } from "../base/certificate-spec.ts";
import { readSecret } from "../secrets/secret.ts";

type CredentialsOf<Format extends CertificateSpec["format"]> = Extract<
  CertificateSpec,
  { readonly format: Format }
>;

/** A device's identity, read and found good. */
export interface IdentityMaterial {
  readonly registrationId: string;
  readonly leaf: X509Certificate;
  /** Leaf first, then the CAs above it. */
  readonly chainPem: string;
  readonly key: KeyObject;
  /** `keyFile` is `file` itself for a PFX. */
  readonly source: {
    readonly kind: "pem" | "pfx";
    readonly file: string;
    readonly keyFile: string;
  };
}

export interface ReadIdentityOptions {
  /** The folder of the certificates. */
  readonly dir: string;
  readonly registrationId: string;
  readonly credentials: CertificateSpec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** The device is to be refused: what services find wrong with its certificate is let through. Default false. */
  readonly unfit?: boolean | undefined;
}

/**
 * Reads one device's identity and judges it, before a packet is sent.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` with every problem found, or `FILE_INVALID` for a file that is missing
 * or cannot be read; each problem's place is the file
 */
export async function readIdentity(options: ReadIdentityOptions): Promise<IdentityMaterial> {
  const { credentials, now, unfit = false } = options;
  const identity =
    credentials.format === "pem"
      ? await readPem(options, credentials)
      : await readPfxFile(options, credentials);
  // Without the key of its leaf a device has nothing that it could show.
  const problems = unfit ? keyProblems(identity) : identityProblems(identity, now);
  const [leaf] = identity.chain;
  if (problems.length > 0 || leaf === undefined) throw refused(problems);
  return {
    registrationId: options.registrationId,
    leaf,
    chainPem: identity.chain.map((certificate) => certificate.toString()).join(""),
    key: identity.key,
    source: {
      kind: options.credentials.format,
      file: identity.certFile,
      keyFile: identity.keyFile,
    },
  };
}

/**
 * The TLS context of one device, for all its connections: making one costs more than a resumed handshake.
 *
 * @param caPem the only CAs to trust; undefined = Node's own. Not both: Node parses its 140 roots anew for each
 * context that has CAs of its own, 20 ms and 0.8 MiB a device.
 */
export function secureContextOf(
  material: IdentityMaterial,
  caPem: readonly string[] | undefined,
): SecureContext {
  // A PFX is handed over as PEM too: Node would trust the CAs in it for servers (`loadPKCS12` adds them).
  return createSecureContext({
    cert: material.chainPem,
    key: privateKeyPem(material.key),
    minVersion: "TLSv1.2",
    ...(caPem !== undefined && { ca: [...caPem] }),
  });
}

async function readPem(
  { dir, registrationId, env }: ReadIdentityOptions,
  { passphrase: secret, files }: CredentialsOf<"pem">,
): Promise<Identity> {
  const passphrase = secret === undefined ? undefined : await readSecret(secret, env);
  return readPemIdentity(certsLayout(dir), registrationId, passphrase, files);
}

/**
 * A device's chain and key out of its PEM files; not judged.
 *
 * @param files in place of those of the store
 * @throws {FleetError} `CERTIFICATE_INVALID` or `FILE_INVALID` where they cannot be read, with every problem
 */
export function readPemIdentity(
  layout: CertsLayout,
  registrationId: string,
  passphrase: string | undefined,
  files?: CredentialsOf<"pem">["files"],
): Identity {
  const fullChainFile = files?.cert ?? layout.leafFullChain(registrationId);
  const fullChain = textIfPresent(fullChainFile);
  const certFile =
    fullChain === undefined && files === undefined
      ? layout.leafCert(registrationId)
      : fullChainFile;
  const keyFile = files?.key ?? layout.leafKey(registrationId);

  const certText = fullChain ?? textIfPresent(certFile);
  const keyText = textIfPresent(keyFile);
  const missing = [
    ...(certText === undefined
      ? [missingFile(fullChainFile, "a certificate", files !== undefined)]
      : []),
    ...(keyText === undefined ? [missingFile(keyFile, "a private key", files !== undefined)] : []),
  ];
  if (certText === undefined || keyText === undefined) throw refused(missing, "FILE_INVALID");

  const chain = parseCertificates(certText);
  const parsedKey = parsePrivateKey(keyText, keyFile, passphrase);
  const problems = [
    ...(chain === undefined ? [notPem(certFile)] : []),
    ...("problem" in parsedKey ? [parsedKey.problem] : []),
  ];
  if (chain === undefined || "problem" in parsedKey) throw refused(problems);
  return { registrationId, certFile, keyFile, chain, key: parsedKey.key };
}

async function readPfxFile(
  options: ReadIdentityOptions,
  { password: secret, file: named }: CredentialsOf<"pfx">,
): Promise<Identity> {
  const { registrationId } = options;
  const file = named ?? certsLayout(options.dir).leafPfx(registrationId);
  const password = secret === undefined ? "" : await readSecret(secret, options.env);
  const bytes = bytesIfPresent(file);
  if (bytes === undefined)
    throw refused([missingFile(file, "a PFX", named !== undefined)], "FILE_INVALID");
  // Loaded where needed: its ASN.1 schemas cost every other start 0.15 s.
  const { readPfx } = await import("./pfx-read.ts");
  const { key, chain } = readPfx(bytes, { file, password });
  return { registrationId, certFile: file, keyFile: file, chain, key };
}

/** @param named the user has named the file; it is none of the store */
const missingFile = (place: string, expected: string, named: boolean): Problem => ({
  place,
  message: `expected ${expected}, got no file`,
  hint: named
    ? "correct its path, which is relative to the table, or put the file there"
    : "put the device's own files there, or let a run issue all of them",
});

const notPem = (place: string): Problem => ({
  place,
  message: "expected certificates in PEM, got something else",
  hint: "convert DER with: openssl x509 -inform der -in FILE -out FILE.pem",
});

function refused(
  problems: readonly Problem[],
  code: "CERTIFICATE_INVALID" | "FILE_INVALID" = "CERTIFICATE_INVALID",
): FleetError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const text = first === undefined ? "no certificate" : `${first.place}: ${first.message}${more}`;
  return new FleetError(code, text, { hint: first?.hint, problems });
}
