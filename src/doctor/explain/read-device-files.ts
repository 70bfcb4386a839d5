import { FleetError } from "../../base/errors.ts";
import { bytesIfPresent, textIfPresent } from "../../pki/file-text.ts";
import { parseCertificates } from "../../pki/identity-check.ts";
import type { CertsLayout } from "../../pki/layout.ts";
import { isEncryptedKey, parsePrivateKey } from "../../pki/private-key-file.ts";
import type { DeviceFiles } from "./device-facts.ts";

/** What opens a device's files, where they are locked. */
export interface FileSecrets {
  /** Of PEM keys. */
  readonly passphrase?: string | undefined;
  /** Of PFX files. */
  readonly password?: string | undefined;
}

/** Reads a device's files as they are: PEM where there is any, else PFX. What cannot be read is part of the answer. */
export async function readDeviceFiles(
  layout: CertsLayout,
  registrationId: string,
  secrets: FileSecrets,
): Promise<DeviceFiles> {
  const pfxFile = layout.leafPfx(registrationId);
  try {
    const pem = readPem(layout, registrationId, secrets);
    if (pem.chain.length > 0 || pem.trouble !== undefined) return pem;
    const bytes = bytesIfPresent(pfxFile);
    if (bytes === undefined) return pem;
    // Loaded where needed: its ASN.1 schemas are slow to load.
    const { readPfx } = await import("../../pki/pfx-read.ts");
    const { key, chain } = readPfx(bytes, { file: pfxFile, password: secrets.password ?? "" });
    return { certFile: pfxFile, keyFile: pfxFile, chain, key };
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    const trouble = { message: error.message, mend: error.hint };
    return { certFile: pfxFile, keyFile: pfxFile, chain: [], key: undefined, trouble };
  }
}

function readPem(
  layout: CertsLayout,
  registrationId: string,
  { passphrase }: FileSecrets,
): DeviceFiles {
  const fullChainFile = layout.leafFullChain(registrationId);
  const keyFile = layout.leafKey(registrationId);
  const fullChain = textIfPresent(fullChainFile);
  const certFile = fullChain === undefined ? layout.leafCert(registrationId) : fullChainFile;
  const certText = fullChain ?? textIfPresent(certFile);
  const chain = certText === undefined ? [] : parseCertificates(certText);
  const files = { certFile, keyFile, chain: chain ?? [], key: undefined };
  if (chain === undefined) {
    const message = `expected certificates in PEM in ${certFile}, got something else`;
    return { ...files, trouble: { message, mend: "put the device's own certificate there" } };
  }
  const keyText = textIfPresent(keyFile);
  if (keyText === undefined) return files;
  if (passphrase === undefined && isEncryptedKey(keyText)) return { ...files, key: "locked" };
  const parsed = parsePrivateKey(keyText, keyFile, passphrase);
  if ("key" in parsed) return { ...files, key: parsed.key };
  const { place, message, hint } = parsed.problem;
  return { ...files, trouble: { message: `${place}: ${message}`, mend: hint } };
}
