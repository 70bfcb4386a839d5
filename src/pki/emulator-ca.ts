import { dirname, resolve } from "node:path";
import { ensurePrivateDir, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { Issuer } from "./certificate.ts";
import { issueRoot } from "./certificate.ts";
import { textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { outOfPeriod, parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
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
 * @throws {FleetError} `FILE_INVALID` if the folder cannot be written to
 */
export async function ensureEmulatorCa(options: {
  readonly dir: string;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}): Promise<EmulatorCa> {
  const layout = certsLayout(options.dir);
  const found = readCa(layout, options.now);
  if (found !== undefined) return found;
  ensurePrivateDir(layout.dir);
  ensurePrivateDir(layout.emulatorDir);
  return withFolderLock(layout.emulatorDir, { signal: options.signal }, async () => {
    // Another process may have made it while we waited.
    const madeMeanwhile = readCa(layout, options.now);
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    ensurePrivateDir(dirname(layout.emulatorCaKey));
    const ca = await issueRoot({
      subject: "dps-fleet emulator CA",
      now: options.now,
      nameConstraints: EMULATOR_NAMES,
    });
    writeFileAtomic(layout.emulatorCaKey, ca.privateKeyPem, MODE.secret);
    writeFileAtomic(layout.emulatorCaCert, ca.certificatePem, MODE.public);
    return emulatorCa(layout, ca);
  });
}

function readCa(layout: CertsLayout, now: Date): EmulatorCa | undefined {
  const certText = textIfPresent(layout.emulatorCaCert);
  const keyText = textIfPresent(layout.emulatorCaKey);
  if (certText === undefined || keyText === undefined) return undefined;
  const [certificate] = parseCertificates(certText) ?? [];
  const parsed = parsePrivateKey(keyText, layout.emulatorCaKey, undefined);
  if (certificate === undefined || !("key" in parsed)) return undefined;
  const usable =
    certificate.ca &&
    certificate.checkPrivateKey(parsed.key) &&
    outOfPeriod(certificate, now) === undefined;
  if (!usable) return undefined;
  const certificatePem = certificate.toString();
  return emulatorCa(layout, { certificatePem, chainPem: certificatePem, key: parsed.key });
}

const emulatorCa = (layout: CertsLayout, issuer: Issuer): EmulatorCa => ({
  caPem: issuer.certificatePem,
  caFile: resolve(layout.emulatorCaCert),
  issuer,
});
