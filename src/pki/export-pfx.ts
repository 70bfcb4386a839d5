import type { X509Certificate } from "node:crypto";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { bytesIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import type { Identity } from "./identity-check.ts";
import { identityProblems } from "./identity-check.ts";
import { readPemIdentity } from "./identity-file.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout, keptName } from "./layout.ts";
import type { LeafJob } from "./leaf-job.ts";
import { runInParallel } from "./leaf-pool.ts";
import type { PfxProtection } from "./pfx-encrypt.ts";
import { readPfx } from "./pfx-read.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";
import { chainFrom, knownCas, readStoredCas } from "./stored-ca.ts";

export interface ExportPfxOptions {
  /** Folder of the certificates. */
  readonly dir: string;
  /** Registration ids, each once. */
  readonly ids: readonly string[];
  /** "" = none. */
  readonly password: string;
  readonly protection: PfxProtection;
  /** Of the devices' keys; undefined = not encrypted. */
  readonly passphrase?: string | undefined;
  /** Replace a PFX of another leaf, or of another password; the old one is kept beside. */
  readonly force: boolean;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A PFX that was written. */
export interface ExportedPfx {
  readonly id: string;
  readonly pfxFile: string;
  /** What was there before and held something else; null = nothing. */
  readonly keptFile: string | null;
  readonly protection: PfxProtection;
  /** Certificates in it: the leaf and those above. */
  readonly certificates: number;
}

interface ExportPlan {
  readonly job: LeafJob;
  readonly exported: ExportedPfx;
}

/**
 * Writes a PFX for each device from its PEM files: key, leaf and chain. All are judged first; with a problem anywhere
 * nothing is written.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` or `FOREIGN_FILE`, with all problems; the signal's reason
 */
export async function exportPfx(options: ExportPfxOptions): Promise<ExportedPfx[]> {
  const layout = certsLayout(options.dir);
  // Without a folder there is nothing to lock, and the judgement says so.
  if (!existsSync(layout.dir)) await judgeAll(layout, options);
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    const plans = await judgeAll(layout, options);
    const jobs = plans.map(({ job }) => job);
    await runInParallel({ jobs, signer: undefined, now: options.now }, options);
    return plans.map(({ exported }) => exported);
  });
}

const DEVICES_PER_TURN = 20;

async function judgeAll(layout: CertsLayout, options: ExportPfxOptions): Promise<ExportPlan[]> {
  const cas = knownCas(readStoredCas(layout));
  const problems: Problem[] = [];
  const plans: ExportPlan[] = [];
  let foreign = false;
  for (const [at, id] of options.ids.entries()) {
    options.signal?.throwIfAborted();
    try {
      plans.push(planOne(layout, id, cas, options));
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      foreign ||= error.code === "FOREIGN_FILE";
      problems.push(...error.problems);
    }
    if (at % DEVICES_PER_TURN === DEVICES_PER_TURN - 1) await nextTurn();
  }
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), foreign);
  return plans;
}

function planOne(
  layout: CertsLayout,
  id: string,
  cas: readonly X509Certificate[],
  options: ExportPfxOptions,
): ExportPlan {
  const identity = readPemIdentity(layout, id, options.passphrase);
  const problems = identityProblems(identity, options.now);
  const [leaf] = identity.chain;
  if (leaf === undefined || problems.length > 0) throw storeTrouble(problems, false);
  const chain = withCasAbove(identity, cas);
  const pfxFile = layout.leafPfx(id);
  const mark = replacedMark(pfxFile, leaf, options);
  const keptFile = mark === undefined ? null : keptName(pfxFile, mark);
  const { password, protection } = options;
  return {
    job: {
      registrationId: id,
      existing: { chainPem: chain.map((one) => one.toString()).join(""), key: identity.key },
      keep: keptFile === null ? [] : [[pfxFile, keptFile]],
      pfxFile,
      password,
      pfxProtection: protection,
    },
    exported: { id, pfxFile, keptFile, protection, certificates: chain.length },
  };
}

/** A file with the leaf alone, or with a part of its chain, is completed from the CAs of the store. */
function withCasAbove(
  { chain }: Identity,
  cas: readonly X509Certificate[],
): readonly X509Certificate[] {
  const last = chain.at(-1);
  return last === undefined ? chain : [...chain.slice(0, -1), ...chainFrom(last, cas)];
}

/**
 * The mark under which the PFX in the way is kept; undefined = there is none, or it holds this leaf already.
 *
 * @throws {FleetError} `FOREIGN_FILE` where it is another's, or does not open, and `force` is not given
 */
function replacedMark(
  file: string,
  leaf: X509Certificate,
  { password, force }: ExportPfxOptions,
): string | undefined {
  const bytes = bytesIfPresent(file);
  if (bytes === undefined) return undefined;
  const hint = "--force replaces it and keeps the old one beside";
  try {
    const [old] = readPfx(bytes, { file, password }).chain;
    if (old?.fingerprint256 === leaf.fingerprint256) return undefined;
    if (force) return old?.fingerprint;
    const message = "expected no PFX, or one of the device's certificate, got one of another";
    throw storeTrouble([{ place: file, message, hint }], true);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code === "FOREIGN_FILE") throw error;
    // What it holds cannot be told, so it is kept under its own mark.
    if (force) return hash("sha1", bytes);
    throw storeTrouble(
      error.problems.map((problem) => ({ ...problem, hint })),
      true,
    );
  }
}
