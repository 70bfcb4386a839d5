import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { ensurePrivateDir, MODE, copyBeside, writeFileAtomic } from "./atomic-file.ts";
import type { CaRequest } from "./ca-judgement.ts";
import { judgeCa } from "./ca-judgement.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { askedOnce, chooseSigner, locked, openCa, openSigner } from "./ca-signer.ts";
import type { IssuedCa, Issuer } from "./certificate.ts";
import { issueIntermediate, issueRoot } from "./certificate.ts";
import { withFolderLock } from "./folder-lock.ts";
import { privateKeyPem } from "./key-kind.ts";
import { certsLayout, keptName } from "./layout.ts";
import { storeTrouble } from "./store-trouble.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { caFiles, INTERMEDIATE_NAME, presentCas, readStoredCas, ROOT_NAME } from "./stored-ca.ts";

export interface MakeCaOptions extends CaRequest {
  /** Folder of the certificates; made where it is missing. */
  readonly dir: string;
  /** `root`, `intermediate` (the default one), or the name of a named intermediate. */
  readonly name: string;
  /** Name of the CA that signs an intermediate; undefined = the root. Not used for the root. */
  readonly signer?: string | undefined;
  readonly passphraseOf: CaPassphrase;
  /** Asked for the passphrase of a new key where none is given; undefined = the key is not encrypted. */
  readonly newPassphrase: (keyFile: string) => Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/** A CA of the store, and what was done for it. */
export interface MadeCa {
  readonly name: string;
  /** `kept`: what was asked for was there already. `replaced`: the old files stand in `keptFiles`. */
  readonly done: "made" | "kept" | "replaced";
  readonly certFile: string;
  readonly keyFile: string;
  readonly certificate: X509Certificate;
  /** Whether the key on disk is encrypted. */
  readonly encrypted: boolean;
  readonly keptFiles: readonly string[];
}

/**
 * Sees to it that a store has this CA: makes it where it is missing, leaves it alone where it is as asked, makes it
 * anew with `force` and keeps the old files beside. A key that stands alone is certified.
 *
 * @throws {FleetError} `FOREIGN_FILE` where a file that is not ours would be replaced, `CERTIFICATE_INVALID` where
 * what is there differs from what is asked, or the signer cannot sign; nothing is written then
 */
export async function makeCa(given: MakeCaOptions): Promise<MadeCa> {
  const options = { ...given, passphraseOf: askedOnce(given.passphraseOf) };
  const layout = certsLayout(options.dir);
  // Asked before the folder is locked: a person may take long to type a passphrase.
  const before = await plan(options);
  if (before.type === "keep") return before.kept;
  ensurePrivateDir(layout.dir);
  ensurePrivateDir(dirname(layout.rootKey));
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    const now = await plan(options);
    return now.type === "keep" ? now.kept : write(now, options);
  });
}

type CaPlan =
  | { readonly type: "keep"; readonly kept: MadeCa }
  | {
      readonly type: "write";
      readonly ca: StoredCa;
      /** undefined: it signs itself. */
      readonly signer: Issuer | undefined;
      /** A key that is there and stays; undefined = a new one. */
      readonly key: KeyObject | undefined;
      /** Of the new key. */
      readonly passphrase: string | undefined;
    };

async function plan(options: MakeCaOptions): Promise<CaPlan> {
  const { name, now } = options;
  const layout = certsLayout(options.dir);
  const cas = readStoredCas(layout);
  if (cas.problems.length > 0) throw storeTrouble(cas.problems, true);
  const ca = storedCa(cas, options);
  const signing =
    name === ROOT_NAME ? undefined : chooseSigner(cas, options.signer ?? ROOT_NAME, now);
  const judged = judgeCa(ca, options, { signing, asked: options.signer !== undefined, cas });
  if (judged.type === "keep") return { type: "keep", kept: keptCa(ca, judged.certificate) };
  const signer =
    signing === undefined ? undefined : await openSigner(signing, cas, options.passphraseOf);
  if (judged.type === "certify") {
    const { key } = await openCa(ca, options.passphraseOf);
    if (key === undefined) throw storeTrouble([locked(ca)], false);
    return { type: "write", ca, signer, key, passphrase: undefined };
  }
  const passphrase = options.passphrase ?? (await options.newPassphrase(ca.keyFile));
  return { type: "write", ca, signer, key: undefined, passphrase };
}

function storedCa(cas: StoredCas, { dir, name }: MakeCaOptions): StoredCa {
  const found = presentCas(cas).find((ca) => ca.name === name);
  return (
    found ?? {
      ...caFiles(certsLayout(dir), name),
      certificate: undefined,
      key: undefined,
      lockedKey: undefined,
      keyProblem: undefined,
      ours: false,
    }
  );
}

const keptCa = (ca: StoredCa, certificate: X509Certificate): MadeCa => ({
  name: ca.name,
  done: "kept",
  certFile: ca.certFile,
  keyFile: ca.keyFile,
  certificate,
  encrypted: ca.lockedKey !== undefined,
  keptFiles: [],
});

async function write(
  { ca, signer, key, passphrase }: Extract<CaPlan, { type: "write" }>,
  options: MakeCaOptions,
): Promise<MadeCa> {
  const { certFile, keyFile, certificate } = ca;
  const issued = await issue(ca.name, signer, { ...options, key });
  const old = certificate === undefined ? [] : key === undefined ? [certFile, keyFile] : [certFile];
  const mark = certificate?.fingerprint ?? "";
  const keptFiles = old.flatMap((file) => copyBeside(file, keptName(file, mark)) ?? []);
  // The key first: alone it is certified by the next call, while a certificate without its key is lost.
  if (key === undefined) {
    writeFileAtomic(keyFile, privateKeyPem(issued.key, passphrase), MODE.secret);
  }
  writeFileAtomic(certFile, issued.certificatePem, MODE.public);
  return {
    name: ca.name,
    done: certificate === undefined ? "made" : "replaced",
    certFile,
    keyFile,
    certificate: new X509Certificate(issued.certificatePem),
    encrypted: key === undefined ? passphrase !== undefined : ca.lockedKey !== undefined,
    keptFiles,
  };
}

function issue(
  name: string,
  signer: Issuer | undefined,
  { now, days, keyKind, key }: CaRequest & { readonly key: KeyObject | undefined },
): Promise<IssuedCa> {
  const wanted = { now, days, keyKind, key };
  if (signer === undefined) return issueRoot(wanted);
  const subject = name === INTERMEDIATE_NAME ? "dps-fleet test-only intermediate CA" : name;
  return issueIntermediate({ ...wanted, subject, signer });
}
