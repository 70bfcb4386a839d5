import { existsSync, rmSync } from "node:fs";
import type { Problem } from "../base/errors.ts";
import { textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { certsLayout } from "./layout.ts";
import type { CertsLayout } from "./layout.ts";
import { halfPlaced } from "./pending-leaf.ts";
import { groupedByCause } from "./preflight.ts";
import { isEncryptedKey, parsePrivateKey } from "./private-key-file.ts";
import { storeTrouble } from "./store-trouble.ts";

/**
 * Removes what is pending.
 *
 * @returns the ids that had something pending
 * @throws {FleetError} `CERTIFICATE_INVALID` where it is half in place; nothing is removed then
 */
export async function discardRenewals(options: {
  /** Folder of the certificates. */
  readonly dir: string;
  /** Registration ids, each once. */
  readonly ids: readonly string[];
  readonly signal?: AbortSignal | undefined;
}): Promise<ReadonlySet<string>> {
  const layout = certsLayout(options.dir);
  if (!existsSync(layout.dir)) return new Set();
  return withFolderLock(layout.dir, { signal: options.signal }, () => {
    const problems = options.ids.flatMap((id) => cutShort(layout, id) ?? []);
    if (problems.length > 0) throw storeTrouble(groupedByCause(problems), false);
    const discarded = options.ids.filter((id) => {
      // The chain first: without it nothing is ready to be confirmed.
      const files = [layout.renewedFullChain(id), layout.renewedCert(id), layout.renewedKey(id)];
      const there = files.filter((file) => existsSync(file));
      for (const file of there) rmSync(file);
      return there.length > 0;
    });
    return Promise.resolve(new Set(discarded));
  });
}

/** What is wrong where the new key went in place and its chain did not: giving it up would leave a key without one. */
function cutShort(layout: CertsLayout, id: string): Problem | undefined {
  const keyFile = layout.leafKey(id);
  const keyText = textIfPresent(keyFile);
  if (keyText === undefined || existsSync(layout.renewedKey(id))) return undefined;
  if (isEncryptedKey(keyText) && existsSync(layout.renewedFullChain(id))) {
    const message = "expected the renewed key beside its chain, got no file; it may be in use";
    const hint = `finish it: certs renew ${id} --confirm`;
    return { place: layout.renewedKey(id), message, hint };
  }
  const parsed = parsePrivateKey(keyText, keyFile, undefined);
  return "key" in parsed ? halfPlaced(layout, id, parsed.key) : undefined;
}
