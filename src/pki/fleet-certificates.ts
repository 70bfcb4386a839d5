import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { ensurePrivateDir } from "./atomic-file.ts";
import type { Issuer } from "./certificate.ts";
import { isLocked, withFolderLock } from "./folder-lock.ts";
import type { EnrollmentCa } from "./group-ca.ts";
import { groupCa } from "./group-ca.ts";
import type { ParsedCertificates } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import { runInParallel } from "./leaf-pool.ts";
import type { FleetDevice, LeafPlan } from "./leaf-plan.ts";
import { planLeaf } from "./leaf-plan.ts";
import type { CaWork } from "./signing-ca.ts";
import { caWork, establishSigner, knownCas, signingProblems } from "./signing-ca.ts";
import type { StoredCas } from "./stored-ca.ts";
import { readStoredCas } from "./stored-ca.ts";

export interface FleetCertificatesOptions {
  /** Folder of the certificates; made where it is missing. */
  readonly dir: string;
  readonly devices: readonly FleetDevice[];
  /** For devices that ask for none of their own; undefined = any kind will do, new ones are P-256. */
  readonly keyKind?: KeyKind | undefined;
  readonly now: Date;
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
  /** The CA that an enrollment group of this fleet must hold. */
  readonly group: EnrollmentCa;
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
  options: FleetCertificatesOptions,
): Promise<FleetCertificates> {
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
async function glance(
  layout: CertsLayout,
  options: FleetCertificatesOptions,
): Promise<Survey | undefined> {
  try {
    return await survey(layout, options);
  } catch (error) {
    if (error instanceof FleetError && isLocked(layout.dir)) return undefined;
    throw error;
  }
}

const DEVICES_PER_TURN = 20;

async function survey(layout: CertsLayout, options: FleetCertificatesOptions): Promise<Survey> {
  const cas = readStoredCas(layout);
  const work = caWork(cas, options.now);
  const known = knownCas(cas);
  let parsed: ParsedCertificates = new Map();
  const plans: LeafPlan[] = [];
  for (const [at, device] of options.devices.entries()) {
    options.signal?.throwIfAborted();
    const keyKind = device.keyKind ?? options.keyKind;
    const judgement = { keyKind, now: options.now, cas: known, parsed };
    plans.push(await planLeaf(layout, { ...device, keyKind }, judgement));
    if (at % DEVICES_PER_TURN !== DEVICES_PER_TURN - 1) continue;
    // Old leaves are let go; the CAs are parsed again, once for so many devices.
    parsed = new Map();
    await nextTurn();
  }
  const writes = plans.filter((plan) => plan.type === "write");
  const signs = writes.some(({ cause }) => cause !== "derive");
  const empty = work.root === "issue" && cas.root.certificate === undefined;
  const needsCas = signs || (createsCa(work) && !empty);
  const refusals = plans.filter((plan) => plan.type === "refused");
  refuseWith(
    [
      ...cas.problems,
      ...refusals.flatMap(({ problems }) => problems),
      ...(needsCas ? signingProblems(cas, work, options.now) : []),
    ],
    cas.problems.length > 0 || refusals.some(({ foreign }) => foreign),
  );
  return { cas, work, plans, jobs: writes.map(({ job }) => job), needsCas };
}

const createsCa = ({ root, intermediate }: CaWork): boolean =>
  root === "issue" || intermediate === "issue";

function refuseWith(problems: readonly Problem[], foreign: boolean): void {
  const [first] = problems;
  if (first === undefined) return;
  const text =
    problems.length === 1
      ? `${first.place}: ${first.message}`
      : `certificates cannot be used: ${problems.length} problems`;
  throw new FleetError(foreign ? "FOREIGN_FILE" : "CERTIFICATE_INVALID", text, {
    hint: first.hint,
    problems,
  });
}

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
    group: groupCa(after.plans, layout),
    caFiles: { root: layout.rootCert, intermediate: layout.intermediateCert },
  };
}
