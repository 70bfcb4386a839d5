import { join } from "node:path";

/** Where each certificate and key of a store is; every path starts with the folder that was given. */
export interface CertsLayout {
  readonly dir: string;
  /** Folder of the keys. */
  readonly privateDir: string;
  readonly emulatorDir: string;
  readonly rootCert: string;
  readonly rootKey: string;
  readonly intermediateCert: string;
  readonly intermediateKey: string;
  readonly verificationCert: string;
  /** Of the emulator's usual CA, or of the one that vouches for a further host, too. */
  readonly emulatorCa: (host: string | undefined) => EmulatorCaFiles;
  readonly namedIntermediateCert: (name: string) => string;
  readonly namedIntermediateKey: (name: string) => string;
  readonly leafCert: (registrationId: string) => string;
  readonly leafFullChain: (registrationId: string) => string;
  readonly leafKey: (registrationId: string) => string;
  readonly leafPfx: (registrationId: string) => string;
  /** The pair that is to follow a leaf, until it is confirmed. */
  readonly renewedCert: (registrationId: string) => string;
  readonly renewedFullChain: (registrationId: string) => string;
  readonly renewedKey: (registrationId: string) => string;
}

/** Files of an emulator's CA, and the folder that they are in. */
export interface EmulatorCaFiles {
  readonly dir: string;
  readonly cert: string;
  readonly key: string;
}

const emulatorCaFiles = (dir: string): EmulatorCaFiles => ({
  dir,
  cert: join(dir, "ca.cert.pem"),
  key: join(dir, "private", "ca.key.pem"),
});

const hostDir = (emulatorDir: string, host: string): string =>
  join(emulatorDir, encodeId(host.toLowerCase()));

const ROOT = "azure-iot-test-only.root.ca";
const INTERMEDIATE = "azure-iot-test-only.intermediate";
/** What stands behind an id in the names of its renewed files. */
export const RENEWED = ".renewed";

/** The names of the tutorials that users come from, so that their files fit in and ours can be uploaded. */
export function certsLayout(dir: string): CertsLayout {
  const privateDir = join(dir, "private");
  const emulatorDir = join(dir, "emulator");
  return {
    dir,
    privateDir,
    emulatorDir,
    rootCert: join(dir, `${ROOT}.cert.pem`),
    rootKey: join(privateDir, `${ROOT}.key.pem`),
    intermediateCert: join(dir, `${INTERMEDIATE}.cert.pem`),
    intermediateKey: join(privateDir, `${INTERMEDIATE}.key.pem`),
    verificationCert: join(dir, "verification-code.cert.pem"),
    emulatorCa: (host) =>
      emulatorCaFiles(host === undefined ? emulatorDir : hostDir(emulatorDir, host)),
    namedIntermediateCert: (name) => join(dir, `${encodeId(name)}.intermediate.cert.pem`),
    namedIntermediateKey: (name) => join(privateDir, `${encodeId(name)}.intermediate.key.pem`),
    leafCert: (id) => join(dir, `${encodeId(id)}.cert.pem`),
    leafFullChain: (id) => join(dir, `${encodeId(id)}-full-chain.cert.pem`),
    leafKey: (id) => join(privateDir, `${encodeId(id)}.key.pem`),
    leafPfx: (id) => join(dir, `${encodeId(id)}-full-chain.cert.pfx`),
    renewedCert: (id) => join(dir, `${encodeId(id)}${RENEWED}.cert.pem`),
    renewedFullChain: (id) => join(dir, `${encodeId(id)}${RENEWED}-full-chain.cert.pem`),
    renewedKey: (id) => join(privateDir, `${encodeId(id)}${RENEWED}.key.pem`),
  };
}

/** An id as part of a file name: all but `A-Za-z0-9._-` as `%` and two hex digits an octet of UTF-8. */
export function encodeId(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)]
      .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
}

/** Undoes `encodeId`. */
export function decodeId(name: string): string {
  const octets = name.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, "latin1").toString("utf8");
}

/**
 * Whether a leaf of this id would take the file name of a CA, a full chain, a renewed leaf or the verification
 * certificate.
 */
export function isReservedId(id: string): boolean {
  const name = encodeId(id).toLowerCase();
  return (
    name === ROOT ||
    name === "verification-code" ||
    name.endsWith(".intermediate") ||
    name.endsWith(RENEWED) ||
    name.endsWith("-full-chain")
  );
}

/**
 * The name beside `file` under which what stood there is kept: `<id>.<first 8 hex of SHA-1>.cert.pem`.
 *
 * @param fingerprint SHA-1 of the certificate, as `X509Certificate.fingerprint` has it
 */
export function keptName(file: string, fingerprint: string): string {
  const mark = fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
  return file.replace(/(-full-chain)?\.(cert\.pem|cert\.pfx|key\.pem)$/, `.${mark}$1.$2`);
}
