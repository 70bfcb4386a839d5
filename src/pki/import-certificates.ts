import { existsSync } from "node:fs";
import type { Problem } from "../base/errors.ts";
import { ensurePrivateDir } from "./atomic-file.ts";
import type { BundleSecrets } from "./bundle-file.ts";
import { isSelfSigned } from "./dated-facts.ts";
import { withFolderLock } from "./folder-lock.ts";
import type { ImportItem } from "./import-items.ts";
import { importItems } from "./import-items.ts";
import type { Placement } from "./import-place.ts";
import { chainOf, place, planPlacement } from "./import-place.ts";
import type { ReadSources } from "./import-sources.ts";
import { readSources } from "./import-sources.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { oneLine } from "./name.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";
import { knownCas, readStoredCas } from "./stored-ca.ts";

export interface ImportOptions extends BundleSecrets {
  /** Folder of the certificates; made where it is missing. */
  readonly dir: string;
  /** Files to import; the certificate that is meant is in the first. */
  readonly files: readonly string[];
  /** The folder that they were found in: what is not whole there is left out and told. */
  readonly from?: string | undefined;
  /** Of the CA that is meant; undefined = root, intermediate, or its common name. */
  readonly name?: string | undefined;
  /** Replace others; they are kept beside. */
  readonly force: boolean;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A certificate that is in the store now. */
export interface Imported {
  readonly kind: "ca" | "leaf";
  readonly name: string;
  readonly done: Placement["done"];
  readonly certFile: string;
  /** null = a CA without its key, which can sign nothing here. */
  readonly keyFile: string | null;
  /** What was in its place before. */
  readonly keptFiles: readonly string[];
}

export interface ImportOutcome {
  readonly imported: readonly Imported[];
  /** What was left out, and what to know. */
  readonly notes: readonly string[];
}

/**
 * Brings certificates of others into a store, under its names. All are judged first; with a problem anywhere nothing
 * is written. What is there already stays as it is.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID`, `FILE_INVALID`, or `FOREIGN_FILE` where others are in the way, with all
 * problems; the signal's reason
 */
export async function importCertificates(options: ImportOptions): Promise<ImportOutcome> {
  const layout = certsLayout(options.dir);
  const isFolder = options.from !== undefined;
  const read = await readSources(options.files, options, { isFolder, signal: options.signal });
  // Before the folder is made.
  plan(layout, read, options);
  ensurePrivateDir(layout.dir);
  ensurePrivateDir(layout.privateDir);
  return withFolderLock(layout.dir, { signal: options.signal }, () => {
    const { placements, notes } = plan(layout, read, options);
    for (const [at, placement] of placements.entries()) {
      options.signal?.throwIfAborted();
      place(placement);
      options.onProgress?.(at + 1, placements.length);
    }
    return Promise.resolve({ imported: placements.map(importedFrom), notes });
  });
}

function plan(
  layout: CertsLayout,
  read: ReadSources,
  options: ImportOptions,
): { readonly placements: readonly Placement[]; readonly notes: readonly string[] } {
  const stored = readStoredCas(layout);
  const { items, problems, notes, ...given } = importItems(read.sources, stored, {
    isFolder: options.from !== undefined,
    isPartial: read.problems.length > 0,
    now: options.now,
    named: options.name,
  });
  const found = [...stored.problems, ...read.problems, ...problems];
  if (items.length === 0 && found.length === 0) found.push(nothing(options));
  if (found.length > 0) throw storeTrouble(groupedByCause(found), false);
  const cas = [...given.cas, ...knownCas(stored)];
  // The CAs first: cut short, leaves are not there without them.
  const ordered = items.toSorted((a, b) => Number(a.kind === "leaf") - Number(b.kind === "leaf"));
  const placements: Placement[] = [];
  const inTheWay: Problem[] = [];
  for (const item of ordered) {
    const placed = planPlacement(layout, item, { ...options, passphrase: options.passphrase, cas });
    if ("problems" in placed) inTheWay.push(...placed.problems);
    else placements.push(placed);
  }
  if (inTheWay.length > 0) throw storeTrouble(groupedByCause(inTheWay), true);
  const open = ordered.flatMap((item) => openChain(item, cas) ?? []);
  return { placements, notes: [...read.notes, ...notes, ...open] };
}

/** What to know of a chain whose end is not here. */
function openChain(item: ImportItem, cas: Parameters<typeof chainOf>[1]): string | undefined {
  const last = chainOf(item, cas).at(-1);
  if (last === undefined || isSelfSigned(last)) return undefined;
  return `${item.name}: the CA above, ${oneLine(last.issuer)}, is not here; import it too, or give --chain`;
}

const importedFrom = ({ item, done, certFile, keyFile, keep }: Placement): Imported => ({
  kind: item.kind,
  name: item.name,
  done,
  certFile,
  keyFile: existsSync(keyFile) ? keyFile : null,
  keptFiles: keep.map(([, to]) => to),
});

function nothing({ files, from }: ImportOptions): Problem {
  const [source = ""] = from === undefined ? files : [from];
  const message =
    from === undefined
      ? "expected a certificate, got none"
      : "expected a folder with certificates and their keys, got none of them";
  return {
    place: source,
    message,
    hint: "check the path; certs show FILE tells what a file holds",
  };
}
