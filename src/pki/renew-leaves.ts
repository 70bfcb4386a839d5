import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { groupedBy } from "../base/grouped-by.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { openSigner } from "./ca-signer.ts";
import type { Issuer } from "./certificate.ts";
import { certificateFacts } from "./certificate-facts.ts";
import { readCertificateFile } from "./certificate-file.ts";
import { withFolderLock } from "./folder-lock.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import type { LeafJob } from "./leaf-job.ts";
import { runInParallel } from "./leaf-pool.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";
import type { RenewalRequest } from "./renewal-judgement.ts";
import { judgeRenewal } from "./renewal-judgement.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { readStoredCas } from "./stored-ca.ts";

export interface RenewOptions extends RenewalRequest {
  /** Folder of the certificates. */
  readonly dir: string;
  /** Registration ids, each once. */
  readonly ids: readonly string[];
  readonly passphraseOf: CaPassphrase;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A leaf that is to follow, and where it waits. */
export interface RenewedLeaf {
  readonly id: string;
  /** `kept`: it was pending already. */
  readonly done: "renewed" | "kept";
  readonly certFile: string;
  readonly chainFile: string;
  readonly keyFile: string;
  /** Upper-case hex without colons, as Azure shows them. */
  readonly thumbprints: { readonly sha1: string; readonly sha256: string };
  /** ISO 8601, UTC. */
  readonly validTo: string;
}

/**
 * Makes a new pair of key and leaf for each device, kept beside the old one until it is confirmed. All are judged
 * first; with a problem anywhere nothing is written.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID`, `FILE_INVALID` or `FOREIGN_FILE`, with all problems; the signal's reason
 */
export async function renewLeaves(options: RenewOptions): Promise<RenewedLeaf[]> {
  const layout = certsLayout(options.dir);
  // Before the lock, since a person may take long to type the passphrase of a CA.
  const seen = await judgeAll(layout, options);
  const issuers = new Map<string, Issuer>();
  for (const { ca } of seen.jobs) {
    if (issuers.has(ca.name)) continue;
    issuers.set(ca.name, await openSigner(ca, seen.cas, options.passphraseOf));
  }
  if (seen.jobs.length === 0) return outcome(layout, options.ids, []);
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    // Another process may have written since.
    const { cas, jobs } = await judgeAll(layout, options);
    let done = 0;
    for (const [name, ofOne] of groupedBy(jobs, ({ ca }) => ca.name)) {
      const [first] = ofOne;
      if (first === undefined) continue;
      const signer = issuers.get(name) ?? (await openSigner(first.ca, cas, options.passphraseOf));
      const before = done;
      await runInParallel(
        { jobs: ofOne.map(({ job }) => job), signer, now: options.now },
        {
          signal: options.signal,
          onProgress: (count) => options.onProgress?.(before + count, jobs.length),
        },
      );
      done += ofOne.length;
    }
    return outcome(layout, options.ids, jobs);
  });
}

const DEVICES_PER_TURN = 20;

interface PlannedJob {
  readonly ca: StoredCa;
  readonly job: LeafJob;
}

/** @throws {FleetError} with everything that is in the way of any of them */
async function judgeAll(
  layout: CertsLayout,
  options: RenewOptions,
): Promise<{ readonly cas: StoredCas; readonly jobs: readonly PlannedJob[] }> {
  const cas = readStoredCas(layout);
  const problems: Problem[] = [...cas.problems];
  const jobs: PlannedJob[] = [];
  for (const [at, id] of options.ids.entries()) {
    options.signal?.throwIfAborted();
    const judged = await judgeRenewal(layout, id, cas, options);
    if ("problems" in judged) {
      // A CA that cannot sign is the same trouble for each of its leaves.
      problems.push(...judged.problems.filter((one) => !isIn(one, problems)));
    } else if (judged.job !== undefined) {
      jobs.push({ ca: judged.ca, job: judged.job });
    }
    // A signal is heard between two turns of the event loop alone.
    if (at % DEVICES_PER_TURN === DEVICES_PER_TURN - 1) await nextTurn();
  }
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), cas.problems.length > 0);
  return { cas, jobs };
}

const isIn = ({ place, message }: Problem, known: readonly Problem[]): boolean =>
  known.some((one) => one.place === place && one.message === message);

function outcome(
  layout: CertsLayout,
  ids: readonly string[],
  jobs: readonly PlannedJob[],
): RenewedLeaf[] {
  const made = new Set(jobs.map(({ job }) => job.registrationId));
  return ids.map((id) => {
    const certFile = layout.renewedCert(id);
    const { thumbprints, validTo } = certificateFacts(readCertificateFile(certFile, ""));
    return {
      id,
      done: made.has(id) ? "renewed" : "kept",
      certFile,
      chainFile: layout.renewedFullChain(id),
      keyFile: layout.renewedKey(id),
      thumbprints,
      validTo,
    };
  });
}
