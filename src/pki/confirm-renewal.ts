import type { KeyObject, X509Certificate } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { errorCode } from "../base/error-code.ts";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { copyBeside, MODE, writeFileAtomic } from "./atomic-file.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { identityProblems, parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout, keptName } from "./layout.ts";
import { readPendingLeaf } from "./pending-leaf.ts";
import type { PfxProtection } from "./pfx-encrypt.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";

export interface ConfirmOptions {
  /** Folder of the certificates. */
  readonly dir: string;
  /** Registration ids, each once. */
  readonly ids: readonly string[];
  /** Of the new keys; undefined = not encrypted. */
  readonly passphrase?: string | undefined;
  /** Of the PFX of devices that have one; undefined = none. */
  readonly password?: string | undefined;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/** A pair that is in use now. */
export interface ConfirmedLeaf {
  readonly id: string;
  readonly certFile: string;
  readonly chainFile: string;
  readonly keyFile: string;
  /** Written anew; null = the device has none. */
  readonly pfxFile: string | null;
  /** What was in its place. */
  readonly keptFiles: readonly string[];
}

/**
 * Puts renewed pairs in the place of the old ones, which stay beside. All are judged first; with a problem anywhere
 * nothing changes.
 *
 * Each step is one rename, and the chain is the last: who sees it change finds all the rest in place. Cut short at any
 * step, the same call goes on.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` or `FILE_INVALID` with all problems; the signal's reason
 */
export async function confirmRenewals(options: ConfirmOptions): Promise<ConfirmedLeaf[]> {
  const layout = certsLayout(options.dir);
  // Without a folder there is nothing to lock, and the judgement says so.
  if (!existsSync(layout.dir)) await judgeAll(layout, options);
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    const plans = await judgeAll(layout, options);
    const confirmed: ConfirmedLeaf[] = [];
    for (const plan of plans) {
      options.signal?.throwIfAborted();
      confirmed.push(await putInPlace(layout, plan));
    }
    return confirmed;
  });
}

/** Everything that is done for one device, judged and read. */
interface ConfirmPlan {
  readonly id: string;
  /** Leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly keyIsPlaced: boolean;
  /** What is kept: from, to. */
  readonly keep: readonly (readonly [from: string, to: string])[];
  readonly pfx: { readonly protection: PfxProtection; readonly password: string } | undefined;
}

async function judgeAll(layout: CertsLayout, options: ConfirmOptions): Promise<ConfirmPlan[]> {
  const problems: Problem[] = [];
  const plans: ConfirmPlan[] = [];
  for (const id of options.ids) {
    const judged = await judgeOne(layout, id, options);
    if ("problems" in judged) problems.push(...judged.problems);
    else plans.push(judged);
  }
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), false);
  return plans;
}

async function judgeOne(
  layout: CertsLayout,
  id: string,
  options: ConfirmOptions,
): Promise<ConfirmPlan | { readonly problems: readonly Problem[] }> {
  const pending = readPendingLeaf(layout, id, options.passphrase);
  if (pending.type === "refused") return pending;
  if (pending.type !== "ready") return { problems: [nothingPending(layout, id)] };
  const { chain, leaf, key, keyIsPlaced } = pending;
  const certFile = layout.renewedFullChain(id);
  const keyFile = keyIsPlaced ? layout.leafKey(id) : layout.renewedKey(id);
  const identity = { registrationId: id, certFile, keyFile, chain, key };
  const problems = identityProblems(identity, options.now);
  const keep = keptPair(layout, id, pending, problems);
  const pfx = await judgePfx(layout, id, leaf, options, problems);
  if (problems.length > 0) return { problems };
  return { id, chain, key, keyIsPlaced, keep: [...keep, ...(pfx?.keep ?? [])], pfx };
}

/** The old pair, as it is to be kept; nothing of it once the new one is in its place. */
function keptPair(
  layout: CertsLayout,
  id: string,
  pending: { readonly leaf: X509Certificate; readonly keyIsPlaced: boolean },
  problems: Problem[],
): (readonly [string, string])[] {
  const keyFile = layout.leafKey(id);
  const file = [layout.leafCert(id), layout.leafFullChain(id)].find((one) => existsSync(one));
  const [old] = file === undefined ? [] : (parseCertificates(textIfPresent(file) ?? "") ?? []);
  if (file === undefined || old === undefined) {
    const inTheWay = file ?? (!pending.keyIsPlaced && existsSync(keyFile) ? keyFile : undefined);
    if (inTheWay !== undefined) problems.push(unknownFile(inTheWay));
    return [];
  }
  if (old.fingerprint256 === pending.leaf.fingerprint256) return [];
  const hasKey = !pending.keyIsPlaced && existsSync(keyFile);
  return [
    [file, keptName(file, old.fingerprint)],
    ...(hasKey ? [[keyFile, keptName(keyFile, old.fingerprint)] as const] : []),
  ];
}

/** How the device's PFX is to be written; undefined = it has none, or it holds the new leaf already. */
async function judgePfx(
  layout: CertsLayout,
  id: string,
  leaf: X509Certificate,
  { password = "" }: ConfirmOptions,
  problems: Problem[],
): Promise<(ConfirmPlan["pfx"] & { keep: readonly (readonly [string, string])[] }) | undefined> {
  const file = layout.leafPfx(id);
  const bytes = bytesIfPresent(file);
  if (bytes === undefined) return undefined;
  const [{ readPfx }, { isLegacyPfx }] = await Promise.all([
    import("./pfx-read.ts"),
    import("./pfx-encrypt.ts"),
  ]);
  try {
    const [old] = readPfx(bytes, { file, password }).chain;
    if (old === undefined || old.fingerprint256 === leaf.fingerprint256) return undefined;
    const keep = [[file, keptName(file, old.fingerprint)]] as const;
    return { protection: isLegacyPfx(bytes) ? "3des" : "aes256", password, keep };
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    const mend = "the new pair goes into it: give its --password-env, or move it away";
    problems.push(...error.problems.map((problem) => ({ ...problem, hint: mend })));
    return undefined;
  }
}

async function putInPlace(layout: CertsLayout, plan: ConfirmPlan): Promise<ConfirmedLeaf> {
  try {
    return await renameAll(layout, plan);
  } catch (cause) {
    if (cause instanceof FleetError || errorCode(cause) === undefined) throw cause;
    const place = layout.leafFullChain(plan.id);
    const message = `expected the renewed pair to go in place, got: ${fileTrouble(cause)}`;
    const hint = "mend that and run the same again: it goes on where it stopped";
    throw storeTrouble([{ place, message, hint }], false);
  }
}

async function renameAll(layout: CertsLayout, plan: ConfirmPlan): Promise<ConfirmedLeaf> {
  const { id, chain, key, keep, pfx } = plan;
  const [leaf] = chain;
  const certFile = layout.leafCert(id);
  const chainFile = layout.leafFullChain(id);
  const keyFile = layout.leafKey(id);
  const pfxFile = layout.leafPfx(id);
  for (const [from, to] of keep) copyBeside(from, to);
  if (pfx !== undefined) {
    const { writePfx } = await import("./pfx-write.ts");
    writeFileAtomic(pfxFile, writePfx({ chain, key, ...pfx }), MODE.secret);
  }
  if (!plan.keyIsPlaced) renameSync(layout.renewedKey(id), keyFile);
  const pendingCert = layout.renewedCert(id);
  if (existsSync(pendingCert)) renameSync(pendingCert, certFile);
  else writeFileAtomic(certFile, leaf?.toString() ?? "", MODE.public);
  renameSync(layout.renewedFullChain(id), chainFile);
  return {
    id,
    certFile,
    chainFile,
    keyFile,
    pfxFile: existsSync(pfxFile) ? pfxFile : null,
    keptFiles: keep.map(([, to]) => to),
  };
}

const nothingPending = (layout: CertsLayout, id: string): Problem => ({
  place: layout.renewedFullChain(id),
  message: "expected a renewed certificate that waits to be confirmed, got no file",
  hint: `make one: certs renew ${id}; certs show tells what is pending`,
});

const unknownFile = (place: string): Problem => ({
  place,
  message: "expected the old certificate and its key, got a file that cannot be told to belong",
  hint: "move the file away: it would be replaced",
});
