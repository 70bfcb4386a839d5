import type { X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { askedOnce, chooseSigner, openSigner } from "./ca-signer.ts";
import type { Issuer } from "./certificate.ts";
import { textIfPresent } from "./file-text.ts";
import { withFolderLock } from "./folder-lock.ts";
import { parseCertificates } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { certsLayout } from "./layout.ts";
import type { FleetDevice, LeafPlan } from "./leaf-plan.ts";
import { runInParallel } from "./leaf-pool.ts";
import { oneLine } from "./name.ts";
import { planLeaves } from "./plan-leaves.ts";
import { groupedByCause } from "./preflight.ts";
import { storeTrouble } from "./store-trouble.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { knownCas, presentCas, readStoredCas } from "./stored-ca.ts";

/** A leaf that is asked for; what is undefined here is as for all. */
export interface LeafRequest {
  readonly registrationId: string;
  readonly keyKind?: KeyKind | undefined;
  /** > 0. */
  readonly days?: number | undefined;
  /** Name of the CA that signs. */
  readonly signer?: string | undefined;
}

export interface IssueLeavesOptions extends Omit<LeafRequest, "registrationId"> {
  /** Folder of the certificates. */
  readonly dir: string;
  readonly leaves: readonly LeafRequest[];
  /** Issue anew with new keys, though what is there is good; the old pairs stay beside. */
  readonly force: boolean;
  readonly now: Date;
  readonly passphraseOf: CaPassphrase;
  /** >= 1; default: one a core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What was done for a device. */
export interface LeafOutcome {
  readonly id: string;
  /** `kept`: there was a good one. `reissued`: the old pair stays beside the new one. */
  readonly done: "issued" | "reissued" | "kept";
  readonly certFile: string;
  readonly chainFile: string;
  readonly keyFile: string;
  /** Reads it from its file. */
  readonly certificate: () => X509Certificate;
}

/**
 * Issues a leaf for each device that has no good one of ours. All are judged first; with a problem anywhere nothing is
 * written. Cut short, it leaves whole identities, and the next call goes on from there.
 *
 * @throws {FleetError} `FOREIGN_FILE` where a file that is not ours is in the way, `CERTIFICATE_INVALID` where a CA
 * cannot sign or a file can be neither used nor replaced, with all problems; the signal's reason
 */
export async function issueLeaves(given: IssueLeavesOptions): Promise<LeafOutcome[]> {
  const options = { ...given, passphraseOf: askedOnce(given.passphraseOf) };
  const layout = certsLayout(options.dir);
  // Judged, and passphrases asked for, before the folder is locked: a person may take long to type.
  const before = await survey(layout, options);
  for (const group of before) await signerOfGroup(group, options);
  if (before.every((group) => jobsOf(group).length === 0)) return outcomes(layout, before, options);
  return withFolderLock(layout.dir, { signal: options.signal }, async () => {
    // Another process may have written since.
    const groups = await survey(layout, options);
    const total = groups.reduce((sum, group) => sum + jobsOf(group).length, 0);
    let earlier = 0;
    for (const group of groups) {
      const jobs = jobsOf(group);
      const signer = await signerOfGroup(group, options);
      const onProgress = (done: number): void => options.onProgress?.(earlier + done, total);
      await runInParallel({ jobs, signer, now: options.now }, { ...options, onProgress });
      earlier += jobs.length;
    }
    return outcomes(layout, groups, options);
  });
}

/** The leaves of one signer. */
interface Group {
  /** undefined: nothing has to be signed. */
  readonly signer: StoredCa | undefined;
  readonly cas: StoredCas;
  readonly plans: readonly (readonly [id: string, plan: LeafPlan])[];
}

const jobsOf = ({ plans }: Group) =>
  plans.flatMap(([, plan]) => (plan.type === "write" ? [plan.job] : []));

const signerOfGroup = async (
  { signer, cas }: Group,
  { passphraseOf }: IssueLeavesOptions,
): Promise<Issuer | undefined> =>
  signer === undefined ? undefined : openSigner(signer, cas, passphraseOf);

/** @throws {FleetError} with everything that is in the way */
async function survey(layout: CertsLayout, options: IssueLeavesOptions): Promise<Group[]> {
  const cas = readStoredCas(layout);
  const problems: Problem[] = [...cas.problems];
  let foreign = cas.problems.length > 0;
  const groups: Group[] = [];
  for (const name of new Set(options.leaves.map(({ signer }) => signer ?? options.signer))) {
    const leaves = options.leaves.filter(({ signer }) => (signer ?? options.signer) === name);
    const plans = await plansFor(layout, leaves, { ...options, signer: name }, cas);
    const refusals = plans.flatMap(([, plan]) => refusalIn(plan) ?? []);
    foreign ||= refusals.some((refusal) => refusal.foreign);
    problems.push(...refusals.flatMap((refusal) => refusal.problems));
    const signs = plans.some(([, plan]) => plan.type === "write" && plan.cause !== "derive");
    const known = name === undefined || presentCas(cas).some((ca) => ca.name === name);
    const signer = signs || !known ? signerNamed(cas, name, options.now, problems) : undefined;
    groups.push({ signer, cas, plans });
  }
  if (problems.length > 0) throw storeTrouble(groupedByCause(problems), foreign);
  return groups;
}

async function plansFor(
  layout: CertsLayout,
  leaves: readonly LeafRequest[],
  { keyKind, days, signer, force, now, signal }: IssueLeavesOptions,
  cas: StoredCas,
): Promise<Group["plans"]> {
  const asked = presentCas(cas).find((ca) => signer !== undefined && ca.name === signer);
  const judgement = { now, cas: knownCas(cas), signer: asked?.certificate };
  const devices = leaves.map((leaf): FleetDevice => ({
    registrationId: leaf.registrationId,
    format: "pem",
    keyKind: leaf.keyKind ?? keyKind,
    days: leaf.days ?? days,
    anew: force,
  }));
  const plans = await planLeaves(layout, devices, judgement, signal);
  return plans.map((plan, at) => [leaves[at]?.registrationId ?? "", plan] as const);
}

function signerNamed(
  cas: StoredCas,
  name: string | undefined,
  now: Date,
  problems: Problem[],
): StoredCa | undefined {
  try {
    return chooseSigner(cas, name, now);
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** A leaf that others issued is no leaf of ours, however good it is: it was asked to issue one. */
function refusalIn(
  plan: LeafPlan,
): { readonly foreign: boolean; readonly problems: readonly Problem[] } | undefined {
  if (plan.type === "refused") return plan;
  if (!("present" in plan) || plan.present.ours) return undefined;
  const { chainPem, file } = plan.present;
  const [leaf] = parseCertificates(chainPem) ?? [];
  const problem = {
    place: file,
    message: `expected no file, or a leaf of this store, got one signed by ${oneLine(leaf?.issuer ?? "")}`,
    hint: "a run uses it as it is; to have one issued, move the device's files away",
  };
  return { foreign: true, problems: [problem] };
}

function outcomes(
  layout: CertsLayout,
  groups: readonly Group[],
  { leaves }: IssueLeavesOptions,
): LeafOutcome[] {
  const done = new Map(
    groups.flatMap(({ plans }) =>
      plans.map(([id, plan]) => [id, plan.type === "write" ? DONE[plan.cause] : "kept"] as const),
    ),
  );
  return leaves.map(({ registrationId: id }) => ({
    id,
    done: done.get(id) ?? "kept",
    certFile: layout.leafCert(id),
    chainFile: layout.leafFullChain(id),
    keyFile: layout.leafKey(id),
    certificate: () => leafIn(layout.leafFullChain(id)),
  }));
}

const DONE = { issue: "issued", reissue: "reissued", derive: "kept" } as const;

/** The first certificate of a full chain that is there for sure. */
function leafIn(chainFile: string): X509Certificate {
  const [leaf] = parseCertificates(textIfPresent(chainFile) ?? "") ?? [];
  if (leaf === undefined) throw new Error(`no certificate in ${chainFile}`);
  return leaf;
}
