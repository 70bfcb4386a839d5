import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import type { DatedFacts } from "./dated-facts.ts";
import { datedFacts } from "./dated-facts.ts";
import { textIfPresent } from "./file-text.ts";
import type { ParsedCertificates } from "./identity-check.ts";
import { parseCertificates } from "./identity-check.ts";
import { certsLayout } from "./layout.ts";
import { readStoreFiles } from "./store-files.ts";
import type { StoredCa } from "./stored-ca.ts";
import { presentCas, readStoredCas } from "./stored-ca.ts";
import type { KnownCa, SurveyContext, SurveyedKey, SurveyedLeaf } from "./surveyed-leaf.ts";
import { signerIn, surveyKey, surveyLeaf } from "./surveyed-leaf.ts";

/** A CA of a store. */
export interface SurveyedCa {
  /** As `--signer` calls it. */
  readonly name: string;
  /** null = only its key is there. */
  readonly certificate: DatedFacts | null;
  readonly certFile: string;
  readonly key: SurveyedKey;
  /** Name of the CA of this store above it; null = none, or itself. */
  readonly signedBy: string | null;
  /** How many leaves of this store it signed. */
  readonly leaves: number;
}

/** Everything that a store holds; no secret is in it. */
export interface StoreSurvey {
  readonly dir: string;
  /** The root first, then the default intermediate, then the named ones. */
  readonly cas: readonly SurveyedCa[];
  /** By id. */
  readonly leaves: readonly SurveyedLeaf[];
  /** The verification certificate, where one is there. */
  readonly verification: { readonly file: string; readonly certificate: DatedFacts } | null;
  /** Files that stand where a CA should, and are none. */
  readonly problems: readonly Problem[];
}

export interface SurveyOptions {
  readonly now: Date;
  /** Only this leaf, with all CAs. */
  readonly id?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const LEAVES_PER_TURN = 50;

/**
 * Looks at all certificates and keys of a store; one that does not exist is empty. Opens no PFX and no encrypted key.
 *
 * @throws {FleetError} `FILE_INVALID` where a CA's file cannot be read
 */
export async function surveyStore(dir: string, options: SurveyOptions): Promise<StoreSurvey> {
  const layout = certsLayout(dir);
  const stored = readStoredCas(layout);
  const present = presentCas(stored);
  const known: KnownCa[] = present.flatMap(({ name, certificate }) =>
    certificate === undefined ? [] : [{ name, certificate }],
  );
  const context = { layout, cas: known, now: options.now };
  const leaves = await surveyLeaves(context, options);
  const rootFirst = present.toSorted((a, b) => rank(a) - rank(b));
  return {
    dir,
    cas: rootFirst.map((ca) => surveyCa(ca, leaves, context)),
    leaves,
    verification: verificationIn(layout.verificationCert, options.now),
    problems: stored.problems,
  };
}

const rank = ({ name }: StoredCa): number => ["root", "intermediate"].indexOf(name) >>> 0;

async function surveyLeaves(
  { layout, cas, now }: Omit<SurveyContext, "parsed">,
  { id, signal, onProgress }: SurveyOptions,
): Promise<SurveyedLeaf[]> {
  const { leaves, renewed, older } = readStoreFiles(layout);
  const asked = leaves.filter(({ name }) => id === undefined || name === id);
  const surveyed: SurveyedLeaf[] = [];
  let parsed: ParsedCertificates = new Map();
  for (const [at, files] of asked.entries()) {
    const { name } = files;
    const further = { renewed: renewed.get(name), olderFiles: older.get(name) ?? [] };
    surveyed.push(surveyLeaf(files, further, { layout, cas, now, parsed }));
    if (at % LEAVES_PER_TURN !== LEAVES_PER_TURN - 1) continue;
    // Leaves are let go; the CAs are parsed again, once for so many.
    parsed = new Map();
    onProgress?.(at + 1, asked.length);
    await nextTurn();
    signal?.throwIfAborted();
  }
  return surveyed;
}

function surveyCa(
  { name, certificate, certFile, keyFile }: StoredCa,
  leaves: readonly SurveyedLeaf[],
  { cas, now }: Pick<SurveyContext, "cas" | "now">,
): SurveyedCa {
  const others = cas.filter((ca) => ca.name !== name);
  const above = certificate === undefined ? undefined : signerIn(certificate, others);
  return {
    name,
    certificate: certificate === undefined ? null : datedFacts(certificate, now),
    certFile,
    key: surveyKey(keyFile, certificate),
    signedBy: above?.name ?? null,
    leaves: leaves.filter(({ signedBy }) => signedBy === name).length,
  };
}

function verificationIn(file: string, now: Date): StoreSurvey["verification"] {
  const text = textIfPresent(file);
  const [certificate] = parseCertificates(text ?? "") ?? [];
  return certificate === undefined ? null : { file, certificate: datedFacts(certificate, now) };
}
