import { dirname } from "node:path";
import { FleetError } from "../base/errors.ts";
import { ensurePrivateDir } from "./atomic-file.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { askedOnce } from "./ca-signer.ts";
import type { Issuer } from "./certificate.ts";
import { isLocked, withFolderLock } from "./folder-lock.ts";
import type { EnrollmentCa } from "./group-cas.ts";
import { groupCas } from "./group-cas.ts";
import type { KeyKind } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { runInParallel } from "./leaf-pool.ts";
import type { FleetDevice, LeafPlan } from "./leaf-plan.ts";
import { planLeaves } from "./plan-leaves.ts";
import type { CaWork } from "./signing-ca.ts";
import { caWork, establishSigner, openSigners, signingProblems } from "./signing-ca.ts";
import type { StoredCas } from "./stored-ca.ts";
import { storeTrouble } from "./store-trouble.ts";
import { knownCas, readStoredCas } from "./stored-ca.ts";

export interface FleetCertificatesOptions {
  /** Folder of the certificates; made where it is missing. */
  readonly dir: string;
  readonly devices: readonly FleetDevice[];
  /** For devices that ask for none of their own; undefined = any kind will do, new ones are P-256. */
  readonly keyKind?: KeyKind | undefined;
  readonly now: Date;
  /** Of a CA's key that is encrypted and has to sign; asked once for each. Default: nobody knows it. */
  readonly passphraseOf?: CaPassphrase | undefined;
  /** >= 1; default: one a core. */
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FleetCertificates {
  /** Devices that had none. */
  readonly issued: number;
  /** Devices whose certificate was ours and no longer good; the old pair stays beside the new one. */
  readonly reissued: number;
  readonly reused: number;
  /** A CA was made or renewed: what is enrolled elsewhere must be enrolled anew. */
  readonly caCreated: boolean;
  /** The CAs of which an enrollment group of this fleet must hold one, the nearest to the leaves first. */
  readonly groupCas: readonly [EnrollmentCa, ...EnrollmentCa[]];
  readonly caFiles: { readonly root: string; readonly intermediate: string };
}

/**
 * Sees to it that each device has a certificate that can be used: issues what is missing, CA included, renews what is
 * ours, leaves alone what is not. Everything is judged first; with a problem anywhere nothing is written.
 *
 * @throws {FleetError} `FOREIGN_FILE` where a file that is not ours would have to be replaced; `CERTIFICATE_INVALID`
 * where a file can be neither used nor replaced; each with all problems. The signal's reason where it is aborted.
 */
export async function ensureFleetCertificates(
  given: FleetCertificatesOptions,
): Promise<FleetCertificates> {
  const options = { ...given, passphraseOf: askedOnce(given.passphraseOf ?? nobody) };
  const layout = certsLayout(options.dir);
  const seen = await glance(layout, options);
  if (seen !== undefined && !seen.needsCas && seen.jobs.length === 0) {
    return outcome(layout, seen, seen, false);
  }
  ensurePrivateDir(layout.dir);
  ensurePrivateDir(dirname(layout.rootKey));
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    // Another process may have written since, so what was seen is looked at again.
    const before = await survey(layout, options);
    let signer: Issuer | undefined;
    let after = before;
    if (before.needsCas) {
      signer = await establishSigner(before.cas, before.work, options.now);
      // A CA that was renewed stands in every chain below it.
      if (createsCa(before.work)) after = await survey(layout, options);
    }
    await runInParallel({ jobs: after.jobs, signer, now: options.now }, options);
    return outcome(layout, after, before, before.needsCas && createsCa(before.work));
  });
}

/** Of a run that has no passphrase for a CA's key. */
const nobody: CaPassphrase = () => Promise.resolve(undefined);

type SurveyOptions = FleetCertificatesOptions & { readonly passphraseOf: CaPassphrase };

/** What is in the store, and what there is to do; nothing of it stands in the way. */
interface Survey {
  readonly cas: StoredCas;
  readonly work: CaWork;
  readonly plans: readonly LeafPlan[];
  readonly jobs: readonly Extract<LeafPlan, { type: "write" }>["job"][];
  /** A CA has to sign something, or one of ours has run out. */
  readonly needsCas: boolean;
}

/** A survey without the lock; undefined = trouble that may be the half-done work of another process. */
async function glance(layout: CertsLayout, options: SurveyOptions): Promise<Survey | undefined> {
  try {
    return await survey(layout, options);
  } catch (error) {
    if (error instanceof FleetError && isLocked(layout.dir)) return undefined;
    throw error;
  }
}

async function survey(layout: CertsLayout, options: SurveyOptions): Promise<Survey> {
  const found = readStoredCas(layout);
  const work = caWork(found, options.now);
  const devices = options.devices.map((device) => ({
    ...device,
    keyKind: device.keyKind ?? options.keyKind,
  }));
  const judgement = { now: options.now, cas: knownCas(found) };
  const plans = await planLeaves(layout, devices, judgement, options.signal);
  const writes = plans.filter((plan) => plan.type === "write");
  const signs = writes.some(({ cause }) => cause !== "derive");
  const empty = work.root === "issue" && found.root.certificate === undefined;
  const needsCas = signs || (createsCa(work) && !empty);
  const refusals = plans.filter((plan) => plan.type === "refused");
  const inTheWay = [...found.problems, ...refusals.flatMap(({ problems }) => problems)];
  // Nobody is asked for a passphrase where nothing would come of it.
  const asks = needsCas && inTheWay.length === 0;
  const cas = asks ? await openSigners(found, work, options.passphraseOf) : found;
  const problems = [...inTheWay, ...(needsCas ? signingProblems(cas, work, options.now) : [])];
  const foreign = found.problems.length > 0 || refusals.some((refusal) => refusal.foreign);
  if (problems.length > 0) throw storeTrouble(problems, foreign);
  return { cas, work, plans, jobs: writes.map(({ job }) => job), needsCas };
}

const createsCa = ({ root, intermediate }: CaWork): boolean =>
  root === "issue" || intermediate === "issue";

function outcome(
  layout: CertsLayout,
  after: Survey,
  before: Survey,
  caCreated: boolean,
): FleetCertificates {
  const count = (cause: "issue" | "reissue"): number =>
    before.plans.filter((plan) => plan.type === "write" && plan.cause === cause).length;
  const issued = count("issue");
  const reissued = count("reissue");
  return {
    issued,
    reissued,
    reused: before.plans.length - issued - reissued,
    caCreated,
    groupCas: groupCas(after.plans, layout),
    caFiles: { root: layout.rootCert, intermediate: layout.intermediateCert },
  };
}
