import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { ensurePrivateDir, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { IssuedCa, Issuer } from "./certificate.ts";
import { issueRoot } from "./certificate.ts";
import { textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { outOfPeriod, parseCertificates } from "./identity-check.ts";
import type { EmulatorCaFiles } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { parsePrivateKey } from "./private-key-file.ts";

/** All that the emulator's CA may vouch for, so that trusting it opens nothing else. */
const EMULATOR_NAMES = {
  dns: ["azure-devices.net", "azure-devices-provisioning.net", "localhost"],
  ip: ["127.0.0.0/8", "::1/128"],
} as const;

export interface EmulatorCa {
  readonly caPem: string;
  /** Absolute. */
  readonly caFile: string;
  readonly issuer: Issuer;
}

/**
 * The emulator's own CA under `emulator/` of the certificates' folder: made where it is missing, has run out or
 * cannot be used. Nobody enrolls it, so a new one harms nothing.
 *
 * @param options `advertised`: a further host name or address that it may vouch for; such a CA is one of its own, under
 *   `emulator/HOST/`, so that the usual one never vouches for more than it did
 * @throws {FleetError} `FILE_INVALID` if the folder cannot be written to
 */
export async function ensureEmulatorCa(options: {
  readonly dir: string;
  readonly now: Date;
  readonly advertised?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<EmulatorCa> {
  const { now, advertised } = options;
  const layout = certsLayout(options.dir);
  const files = layout.emulatorCa(advertised);
  const found = readCa(files, now);
  if (found !== undefined) return found;
  for (const dir of new Set([layout.dir, layout.emulatorDir, files.dir])) ensurePrivateDir(dir);
  return withFolderLock(files.dir, { signal: options.signal }, async () => {
    // Another process may have made it while we waited.
    const madeMeanwhile = readCa(files, now);
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    ensurePrivateDir(dirname(files.key));
    const ca = await issueEmulatorCa(now, advertised === undefined ? [] : [advertised]);
    writeFileAtomic(files.key, ca.privateKeyPem, MODE.secret);
    writeFileAtomic(files.cert, ca.certificatePem, MODE.public);
    return emulatorCa(files, ca);
  });
}

/** A new CA of an emulator, in memory. @param names host names and addresses that it may vouch for beside the usual */
export function issueEmulatorCa(now: Date, names: readonly string[] = []): Promise<IssuedCa> {
  const dns = names.filter((name) => isIP(name) === 0);
  const ip = names.filter((name) => isIP(name) !== 0).map(onlyThis);
  const nameConstraints = {
    dns: [...new Set([...EMULATOR_NAMES.dns, ...dns])],
    ip: [...new Set([...EMULATOR_NAMES.ip, ...ip])],
  };
  return issueRoot({ subject: "dps-fleet emulator CA", now, nameConstraints });
}

const onlyThis = (address: string): string => `${address}/${isIP(address) === 4 ? 32 : 128}`;

function readCa(files: EmulatorCaFiles, now: Date): EmulatorCa | undefined {
  const certText = textIfPresent(files.cert);
  const keyText = textIfPresent(files.key);
  if (certText === undefined || keyText === undefined) return undefined;
  const [certificate] = parseCertificates(certText) ?? [];
  const parsed = parsePrivateKey(keyText, files.key, undefined);
  if (certificate === undefined || !("key" in parsed)) return undefined;
  const usable =
    certificate.ca &&
    certificate.checkPrivateKey(parsed.key) &&
    outOfPeriod(certificate, now) === undefined;
  if (!usable) return undefined;
  const certificatePem = certificate.toString();
  return emulatorCa(files, { certificatePem, chainPem: certificatePem, key: parsed.key });
}

const emulatorCa = (files: EmulatorCaFiles, issuer: Issuer): EmulatorCa => ({
  caPem: issuer.certificatePem,
  caFile: resolve(files.cert),
  issuer,
});
