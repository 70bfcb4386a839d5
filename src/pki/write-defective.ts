import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { copyBeside, ensurePrivateDir, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { askedOnce, chooseSigner, openSigner } from "./ca-signer.ts";
import type { LeafDefect } from "../base/leaf-defect.ts";
import { defectOf, issueDefectiveLeaf } from "./defects.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { parseCertificates } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout, keptName } from "./layout.ts";
import { idProblem } from "./leaf-plan.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";
import { readStoredCas } from "./stored-ca.ts";

export interface WriteDefectiveOptions {
  /** Folder of the certificates. */
  readonly dir: string;
  readonly defect: LeafDefect;
  readonly registrationIds: readonly string[];
  /** Name of the CA that signs good leaves; undefined = as for good ones. */
  readonly signer: string | undefined;
  readonly keyKind?: KeyKind | undefined;
  /** > 0. */
  readonly days?: number | undefined;
  /** Replaces good leaves too; their files stay beside. */
  readonly force: boolean;
  readonly now: Date;
  readonly passphraseOf: CaPassphrase;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A leaf that is bad on purpose, and where it is. */
export interface DefectiveLeaf {
  readonly id: string;
  readonly defect: LeafDefect;
  readonly certFile: string;
  readonly chainFile: string;
  readonly keyFile: string;
  readonly certificate: X509Certificate;
}

/**
 * Issues leaves that services must refuse, under the names of devices. What is there already is replaced only where it is
 * bad on purpose itself, or `force` says so, and then stays beside. All are judged first; with a problem anywhere nothing
 * is written. Cut short, it leaves whole identities.
 *
 * @throws {FleetError} `FOREIGN_FILE` with all that is in the way, `CERTIFICATE_INVALID` where the CA cannot sign or an
 * id is none; the signal's reason
 */
export async function writeDefectiveLeaves(
  options: WriteDefectiveOptions,
): Promise<readonly DefectiveLeaf[]> {
  const { defect, registrationIds, force, now, signal, onProgress } = options;
  const layout = certsLayout(options.dir);
  refuseIds(layout, registrationIds);
  const cas = readStoredCas(layout);
  const passphraseOf = askedOnce(options.passphraseOf);
  const signer = await openSigner(chooseSigner(cas, options.signer, now), cas, passphraseOf);
  ensurePrivateDir(layout.dir);
  ensurePrivateDir(dirname(layout.rootKey));
  return withFolderLock(layout.dir, { signal }, async () => {
    refuseGood(layout, registrationIds, force);
    const written: DefectiveLeaf[] = [];
    for (const id of registrationIds) {
      signal?.throwIfAborted();
      const { keyKind, days } = options;
      const leaf = await issueDefectiveLeaf(defect, {
        registrationId: id,
        signer,
        now,
        keyKind,
        days,
      });
      const files = filesOf(layout, id);
      keepOld(files);
      writeFileAtomic(files.keyFile, leaf.privateKeyPem, MODE.secret);
      writeFileAtomic(files.certFile, leaf.certificatePem, MODE.public);
      writeFileAtomic(files.chainFile, leaf.fullChainPem, MODE.public);
      const certificate = new X509Certificate(leaf.certificatePem);
      written.push({ id, defect, certificate, ...files });
      onProgress?.(written.length, registrationIds.length);
      await nextTurn();
    }
    return written;
  });
}

type LeafPaths = Pick<DefectiveLeaf, "certFile" | "chainFile" | "keyFile">;

const filesOf = (layout: CertsLayout, id: string): LeafPaths => ({
  certFile: layout.leafCert(id),
  chainFile: layout.leafFullChain(id),
  keyFile: layout.leafKey(id),
});

/** The certificate that stands there; undefined = none that can be read. */
function leafIn({ certFile, chainFile }: LeafPaths): X509Certificate | undefined {
  const text = textIfPresent(certFile) ?? textIfPresent(chainFile);
  return text === undefined ? undefined : parseCertificates(text)?.[0];
}

function refuseIds(layout: CertsLayout, ids: readonly string[]): void {
  const problems = ids.flatMap((id) => idProblem(layout, id) ?? []);
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), false);
}

function refuseGood(layout: CertsLayout, ids: readonly string[], force: boolean): void {
  const problems = ids.flatMap((id): Problem[] => {
    const files = filesOf(layout, id);
    const isThere = Object.values(files).some((file) => bytesIfPresent(file) !== undefined);
    const leaf = leafIn(files);
    if (!isThere || (leaf !== undefined && defectOf(leaf.subject) !== undefined)) return [];
    // A file that cannot be kept under the name of its certificate is nobody's to replace.
    if (force && leaf !== undefined) return [];
    const message =
      "expected no files of this device, or a leaf that is bad on purpose, got others";
    const hint =
      "take another id and --certs for bad leaves, or --force, which keeps the old beside";
    return [{ place: files.certFile, message, hint }];
  });
  const [first] = problems;
  if (first === undefined) return;
  throw new FleetError("FOREIGN_FILE", "a defective leaf replaces no good one", {
    hint: first.hint,
    problems,
  });
}

function keepOld(files: LeafPaths): void {
  const leaf = leafIn(files);
  if (leaf === undefined) return;
  for (const file of Object.values(files)) {
    if (bytesIfPresent(file) !== undefined) copyBeside(file, keptName(file, leaf.fingerprint));
  }
}
