import { readdirSync } from "node:fs";
import { isMissing } from "./file-text.ts";
import type { CertsLayout } from "./layout.ts";
import { decodeId, isReservedId } from "./layout.ts";

/** Longest first: `a-full-chain.cert.pem` is the chain of `a`. */
const ENDS = ["-full-chain.cert.pem", "-full-chain.cert.pfx", ".cert.pem"];
/** What stands beside a leaf: an old one that was kept (`keptName`), one that is not confirmed yet. */
const BESIDE = /\.([0-9a-f]{8}|renewed)$/;
/** `device2` before `device10`. */
const naturally = new Intl.Collator("en", { numeric: true });

/** Registration ids of all leaves of a store, by the names of their files; a store that does not exist has none. */
export function leafIds(layout: CertsLayout): string[] {
  const ids = new Set<string>();
  for (const file of filesOf(layout.dir)) {
    const end = ENDS.find((one) => file.endsWith(one));
    if (end === undefined || file.startsWith(".")) continue;
    const id = decodeId(file.slice(0, -end.length));
    if (!isReservedId(id) && !BESIDE.test(id)) ids.add(id);
  }
  return [...ids].toSorted(naturally.compare);
}

function filesOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
