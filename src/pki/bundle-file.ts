import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { pemBlocks } from "./pem.ts";
import { isEncryptedKey, parsePrivateKey } from "./private-key-file.ts";

/** A private key that a file holds. */
export type BundleKey =
  | { readonly key: KeyObject; readonly encrypted: boolean }
  /** It is encrypted, and was not opened. */
  | { readonly key: undefined; readonly encrypted: true; readonly problem: Problem };

/** What a file of certificates and keys holds, whoever made it. */
export interface Bundle {
  readonly format: "pem" | "der" | "pfx";
  /** In the order of the file; of a PFX the leaf first. */
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly BundleKey[];
}

/** What opens what is encrypted in a file; undefined = there is nothing. */
export interface BundleSecrets {
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Reads certificates and keys of any form that OpenSSL 3 writes: PEM with any number of them, DER, PFX.
 *
 * @param file names it in messages
 * @throws {FleetError} `CERTIFICATE_INVALID` where it is none of these, is damaged, or its PFX does not open
 */
export async function readBundle(
  file: string,
  bytes: Uint8Array,
  secrets: BundleSecrets,
): Promise<Bundle> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (text.includes("-----BEGIN ")) return pemBundle(file, text, secrets);
  const der = derBundle(bytes, secrets);
  if (der !== undefined) return der;
  // Loaded where needed: its ASN.1 schemas are slow to load.
  const { isPfx, readPfx } = await import("./pfx-read.ts");
  if (!isPfx(bytes)) throw unfit(file, "got something else");
  const { key, chain } = readPfx(bytes, { file, password: secrets.password ?? "" });
  return { format: "pfx", certificates: chain, keys: [{ key, encrypted: false }] };
}

function pemBundle(file: string, text: string, { passphrase }: BundleSecrets): Bundle {
  const certificates: X509Certificate[] = [];
  const keys: BundleKey[] = [];
  for (const block of pemBlocks(text)) {
    if (block.label.endsWith("PRIVATE KEY")) keys.push(pemKey(file, block.text, passphrase));
    if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(block.label)) {
      try {
        certificates.push(new X509Certificate(block.text));
      } catch (cause) {
        throw unfit(file, "got a damaged certificate", cause);
      }
    }
  }
  if (certificates.length > 0 || keys.length > 0) return { format: "pem", certificates, keys };
  const [first] = pemBlocks(text);
  throw unfit(file, first === undefined ? "got damaged PEM" : `got ${first.label}`);
}

function pemKey(file: string, text: string, passphrase: string | undefined): BundleKey {
  const encrypted = isEncryptedKey(text);
  const parsed = parsePrivateKey(text, file, passphrase);
  if ("key" in parsed) return { key: parsed.key, encrypted };
  const { problem } = parsed;
  if (encrypted) return { key: undefined, encrypted, problem };
  throw new FleetError("CERTIFICATE_INVALID", `${file}: ${problem.message}`, {
    hint: problem.hint,
    problems: [problem],
  });
}

/** A certificate or a key in DER; undefined = neither, or a key that is encrypted and not opened. */
function derBundle(bytes: Uint8Array, { passphrase }: BundleSecrets): Bundle | undefined {
  const der = Buffer.from(bytes);
  const certificate = attempt(() => new X509Certificate(der));
  if (certificate !== undefined) return { format: "der", certificates: [certificate], keys: [] };
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    const plain = attempt(() => createPrivateKey({ key: der, format: "der", type }));
    if (plain !== undefined) {
      return { format: "der", certificates: [], keys: [{ key: plain, encrypted: false }] };
    }
  }
  if (passphrase === undefined) return undefined;
  const sealed = { key: der, format: "der", type: "pkcs8", passphrase } as const;
  const key = attempt(() => createPrivateKey(sealed));
  return key && { format: "der", certificates: [], keys: [{ key, encrypted: true }] };
}

/** What OpenSSL cannot read it throws about; what else it may be is tried next. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function unfit(file: string, found: string, cause?: unknown): FleetError {
  const message = `expected certificates or a private key, in PEM, DER or a PFX, ${found}`;
  const hint = "check the path; a key in encrypted DER is read with its passphrase";
  return new FleetError("CERTIFICATE_INVALID", `${file}: ${message}`, {
    hint,
    cause,
    problems: [{ place: file, message, hint }],
  });
}
