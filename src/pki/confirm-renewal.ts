import { existsSync, renameSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { copyBeside, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { ConfirmPlan, ConfirmRequest } from "./confirm-judgement.ts";
import { judgeConfirmations } from "./confirm-judgement.ts";
import { withFolderLock } from "./folder-lock.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { storeTrouble } from "./store-trouble.ts";

export interface ConfirmOptions extends ConfirmRequest {
  /** Folder of the certificates. */
  readonly dir: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A signal is heard between two turns of the event loop alone. */
const DEVICES_PER_TURN = 20;

/** A pair that is in use now. */
export interface ConfirmedLeaf {
  readonly id: string;
  /** `kept`: nothing was pending, and an older pair stands beside: it was put in place before. */
  readonly done: "confirmed" | "kept";
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
  if (!existsSync(layout.dir)) await judgeConfirmations(layout, options);
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    const plans = await judgeConfirmations(layout, options);
    const confirmed = new Map<string, ConfirmedLeaf>();
    for (const [at, plan] of plans.entries()) {
      options.signal?.throwIfAborted();
      confirmed.set(plan.id, await putInPlace(layout, plan));
      options.onProgress?.(confirmed.size, plans.length);
      if (at % DEVICES_PER_TURN === DEVICES_PER_TURN - 1) await nextTurn();
    }
    return options.ids.map((id) => confirmed.get(id) ?? inPlace(layout, id, "kept", []));
  });
}

const inPlace = (
  layout: CertsLayout,
  id: string,
  done: ConfirmedLeaf["done"],
  keptFiles: readonly string[],
): ConfirmedLeaf => ({
  id,
  done,
  certFile: layout.leafCert(id),
  chainFile: layout.leafFullChain(id),
  keyFile: layout.leafKey(id),
  pfxFile: existsSync(layout.leafPfx(id)) ? layout.leafPfx(id) : null,
  keptFiles,
});

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
  const keptFiles = keep.map(([, to]) => to);
  return inPlace(layout, id, "confirmed", keptFiles);
}
