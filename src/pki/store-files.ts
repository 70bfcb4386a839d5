import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isMissing, textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { decodeId, isReservedId, RENEWED } from "./layout.ts";

/** The files of one name in a store. */
export interface NamedFiles {
  /** What the files are named after, decoded: a registration id, or one with a mark behind it. */
  readonly name: string;
  readonly cert?: string;
  readonly fullChain?: string;
  readonly pfx?: string;
  readonly key?: string;
}

/** The files of all leaves of a store. */
export interface StoreFiles {
  /** By id. */
  readonly leaves: readonly NamedFiles[];
  /** What is to follow a leaf, by the leaf's id. */
  readonly renewed: ReadonlyMap<string, NamedFiles>;
  /** What a leaf was replaced by and kept, by the leaf's id. */
  readonly older: ReadonlyMap<string, readonly string[]>;
}

/** Longest first: the first that fits is meant. */
const KINDS = [
  ["-full-chain.cert.pem", "fullChain"],
  ["-full-chain.cert.pfx", "pfx"],
  [".cert.pem", "cert"],
  [".key.pem", "key"],
] as const;

/**
 * Paths that belong together, by the name of their files; what has no name of the layout is left out.
 *
 * @param files folder and name of each, in any order
 */
export function groupStoreFiles(
  files: readonly { readonly dir: string; readonly file: string }[],
): NamedFiles[] {
  const groups = new Map<string, NamedFiles>();
  for (const { dir, file } of files) {
    const [suffix, kind] = KINDS.find(([end]) => file.endsWith(end)) ?? [];
    if (suffix === undefined || kind === undefined || file.startsWith(".")) continue;
    const name = decodeId(file.slice(0, -suffix.length));
    groups.set(name, { ...(groups.get(name) ?? { name }), [kind]: join(dir, file) });
  }
  return [...groups.values()].toSorted((a, b) => naturally.compare(a.name, b.name));
}

/** `device2` before `device10`. */
const naturally = new Intl.Collator("en", { numeric: true });

/** Finds the files of all leaves of a store; one that does not exist is empty. */
export function readStoreFiles(layout: CertsLayout): StoreFiles {
  const groups = groupStoreFiles([...filesIn(layout.dir), ...filesIn(layout.privateDir)]);
  const names = new Set(groups.map(({ name }) => name));
  const leaves: NamedFiles[] = [];
  const renewed = new Map<string, NamedFiles>();
  const older = new Map<string, string[]>();
  for (const group of groups) {
    const kept = keptMark(group.name);
    if (group.name.endsWith(RENEWED)) {
      renewed.set(group.name.slice(0, -RENEWED.length), group);
    } else if (kept !== undefined && isKept(group, kept, names)) {
      const { cert, fullChain, pfx, key } = group;
      older.set(kept.name, [
        ...(older.get(kept.name) ?? []),
        ...[cert, fullChain, pfx, key].filter((file) => file !== undefined),
      ]);
    } else if (!isReservedId(group.name)) {
      leaves.push(group);
    }
  }
  for (const id of renewed.keys()) {
    if (!names.has(id)) leaves.push({ name: id });
  }
  return { leaves, renewed, older };
}

/** The name and the mark of what was kept as `<name>.<8 hex digits>`; undefined = it is not named like that. */
export function keptMark(
  name: string,
): { readonly name: string; readonly mark: string } | undefined {
  const [, owner, mark] = /^(.+)\.([0-9a-f]{8})$/s.exec(name) ?? [];
  return owner === undefined || mark === undefined ? undefined : { name: owner, mark };
}

/** A registration id may look like a kept name: the certificate tells, where there is one. */
function isKept(
  { cert, fullChain }: NamedFiles,
  { name, mark }: { readonly name: string; readonly mark: string },
  names: ReadonlySet<string>,
): boolean {
  const file = cert ?? fullChain;
  const [certificate] = parseCertificates(
    file === undefined ? "" : (textIfPresent(file) ?? ""),
  ) ?? [undefined];
  if (certificate === undefined) return names.has(name) || isReservedId(name);
  return certificate.fingerprint.replaceAll(":", "").toLowerCase().startsWith(mark);
}

function filesIn(dir: string): { readonly dir: string; readonly file: string }[] {
  try {
    return readdirSync(dir).map((file) => ({ dir, file }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
