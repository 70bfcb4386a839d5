import type { KeyObject, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import { identityProblems, parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { keptName } from "./layout.ts";
import { readPendingLeaf } from "./pending-leaf.ts";
import type { PfxProtection } from "./pfx-encrypt.ts";
import { groupedByCause } from "./preflight.ts";
import { readStoreFiles } from "./store-files.ts";
import { storeTrouble } from "./store-trouble.ts";

/** Which renewals go in place, and what opens their files. */
export interface ConfirmRequest {
  /** Registration ids, each once. */
  readonly ids: readonly string[];
  /** Of the new keys; undefined = not encrypted. */
  readonly passphrase?: string | undefined;
  /** Of the PFX of devices that have one; undefined = none. */
  readonly password?: string | undefined;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/** A signal is heard between two turns of the event loop alone. */
const DEVICES_PER_TURN = 20;

/** Everything that is done for one device, judged and read. */
export interface ConfirmPlan {
  readonly id: string;
  /** Leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly keyIsPlaced: boolean;
  /** What is kept: from, to. */
  readonly keep: readonly (readonly [from: string, to: string])[];
  readonly pfx: { readonly protection: PfxProtection; readonly password: string } | undefined;
}

/**
 * Judges every renewal, before one goes in place. Those that are in place already, since the call before was cut short
 * between two devices, have no plan.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` or `FILE_INVALID` with all problems; the signal's reason
 */
export async function judgeConfirmations(
  layout: CertsLayout,
  options: ConfirmRequest,
): Promise<ConfirmPlan[]> {
  const problems: Problem[] = [];
  const plans: ConfirmPlan[] = [];
  const idle: string[] = [];
  for (const [at, id] of options.ids.entries()) {
    options.signal?.throwIfAborted();
    const judged = await judgeOne(layout, id, options);
    if (judged === undefined) idle.push(id);
    else if ("problems" in judged) problems.push(...judged.problems);
    else plans.push(judged);
    if (at % DEVICES_PER_TURN === DEVICES_PER_TURN - 1) await nextTurn();
  }
  // The call before this one may have been cut short between two devices.
  const { older } =
    idle.length === 0 ? { older: new Map<string, unknown>() } : readStoreFiles(layout);
  problems.push(...idle.filter((id) => !older.has(id)).map((id) => nothingPending(layout, id)));
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), false);
  return plans;
}

/** @returns undefined = nothing is pending */
async function judgeOne(
  layout: CertsLayout,
  id: string,
  options: ConfirmRequest,
): Promise<ConfirmPlan | { readonly problems: readonly Problem[] } | undefined> {
  const pending = readPendingLeaf(layout, id, options.passphrase);
  if (pending.type === "refused") return pending;
  if (pending.type !== "ready") {
    const isBegun = existsSync(layout.renewedKey(id)) || existsSync(layout.renewedCert(id));
    return isBegun ? { problems: [nothingPending(layout, id)] } : undefined;
  }
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
  { password = "" }: ConfirmRequest,
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
