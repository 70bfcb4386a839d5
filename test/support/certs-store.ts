import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { FleetCertificates } from "../../src/pki/fleet-certificates.ts";
import { ensureFleetCertificates } from "../../src/pki/fleet-certificates.ts";
import type { CertsLayout } from "../../src/pki/layout.ts";
import { certsLayout, keptName } from "../../src/pki/layout.ts";
import type { CliEnd } from "./cli.ts";
import { runHere } from "./cli.ts";
import { temporaryDir } from "./pki.ts";

/** A folder with a store `certs/` in it, on which commands run; it goes away with `using`. */
export interface CertsStore extends Disposable {
  /** The folder that commands run in. */
  readonly path: string;
  readonly layout: CertsLayout;
  /** Runs `certs …`. @param words one argument each, blanks between them */
  certs(words: string, env?: Readonly<Record<string, string>>): Promise<CliEnd>;
  /** Issues a leaf as a run does, the CAs too where there are none. */
  issue(registrationId: string, passphrase?: string): Promise<FleetCertificates>;
  /** All files of the store with their content, to see that nothing changed. */
  text(): string;
}

/** Makes an empty one. */
export function certsStore(): CertsStore {
  const dir = temporaryDir();
  const layout = certsLayout(join(dir.path, "certs"));
  return {
    path: dir.path,
    layout,
    certs: (words, env = {}) => runHere(dir.path, ["certs", ...words.split(" ")], env),
    issue: (registrationId, passphrase) =>
      ensureFleetCertificates({
        dir: layout.dir,
        now: new Date(),
        devices: [{ registrationId, format: "pem", passphrase }],
      }),
    text: () =>
      readdirSync(layout.dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
        .map((file) => `${file}\n${readFileSync(file, "latin1")}`)
        .join("\n"),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** The first certificate in a PEM file. */
export const leafAt = (file: string): X509Certificate => new X509Certificate(readFileSync(file));

/** The key in a PEM file. */
export const keyAt = (file: string, passphrase?: string): KeyObject =>
  createPrivateKey({ key: readFileSync(file), ...(passphrase !== undefined && { passphrase }) });

/** Where a file of a leaf is kept once another has its place. */
export const keptAs = (file: string, leaf: X509Certificate): string =>
  keptName(file, leaf.fingerprint);
