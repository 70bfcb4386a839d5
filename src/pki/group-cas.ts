import type { X509Certificate } from "node:crypto";
import { FleetError } from "../base/errors.ts";
import type { CertsLayout } from "./layout.ts";
import type { LeafPlan } from "./leaf-plan.ts";
import { certificateBlocks } from "./pem.ts";
import type { StoredCas } from "./stored-ca.ts";
import { chainFrom, knownCas, presentCas, readStoredCas } from "./stored-ca.ts";

/** A CA that an enrollment group can hold. */
export interface EnrollmentCa {
  readonly certificatePem: string;
  /** Where it stands on disk. */
  readonly file: string;
}

/** A leaf's CAs, the nearest first, each as PEM, and the file that they were read from. */
interface Ancestry {
  readonly caPems: readonly string[];
  readonly file: string;
  /** Signed by a CA of the store. */
  readonly ours: boolean;
}

/**
 * The CAs that all leaves of the fleet lead to, the one nearest to them first: a group with any of these takes them all.
 * Where a fleet has leaves of no common CA, those that the store did not sign are left out, for the checks to tell.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if no CA is known at all
 */
export function groupCas(
  plans: readonly LeafPlan[],
  layout: CertsLayout,
): readonly [EnrollmentCa, ...EnrollmentCa[]] {
  const cas = readStoredCas(layout);
  const all = ancestries(plans, cas, layout);
  const found = [all, all.filter(({ ours }) => ours), [ofNewLeaves(cas, layout)]]
    .map((some) => common(some))
    .find(({ length }) => length > 0);
  const [first, ...above] = (found ?? []).map(({ caPem, file }) => ({
    certificatePem: caPem,
    file: fileOf(caPem, cas) ?? file,
  }));
  if (first === undefined) throw noCa(layout);
  return [first, ...above];
}

/** No group is made for leaves that it must refuse. */
const isEnrolled = (plan: LeafPlan): boolean =>
  plan.type !== "reuseDefective" && !(plan.type === "write" && plan.job.defect !== undefined);

function ancestries(
  plans: readonly LeafPlan[],
  cas: StoredCas,
  layout: CertsLayout,
): readonly Ancestry[] {
  const ofNew = ofNewLeaves(cas, layout);
  // Thousands of leaves have the same few CAs.
  const known = new Map<string, Ancestry>();
  return plans.filter(isEnrolled).map((plan) => {
    if (!("present" in plan)) return ofNew;
    const { chainPem, file, ours } = plan.present;
    const [, ...caPems] = certificateBlocks(chainPem);
    const key = caPems.join("");
    const found = known.get(key) ?? { caPems, file, ours };
    known.set(key, found);
    return found;
  });
}

/** Of the leaves that are about to be issued. */
function ofNewLeaves(cas: StoredCas, { dir }: CertsLayout): Ancestry {
  const signer = cas.intermediate.certificate ?? cas.root.certificate;
  const chain = signer === undefined ? [] : chainFrom(signer, knownCas(cas));
  return { caPems: chain.map(pemOf), file: dir, ours: true };
}

function common(
  some: readonly Ancestry[],
): readonly { readonly caPem: string; readonly file: string }[] {
  const [first, ...others] = new Set(some);
  if (first === undefined) return [];
  return first.caPems
    .filter((caPem) => others.every(({ caPems }) => caPems.includes(caPem)))
    .map((caPem) => ({ caPem, file: first.file }));
}

const pemOf = (certificate: X509Certificate): string => certificate.toString();

function fileOf(caPem: string, cas: StoredCas): string | undefined {
  return presentCas(cas).find(
    ({ certificate }) => certificate !== undefined && pemOf(certificate) === caPem,
  )?.certFile;
}

function noCa(layout: CertsLayout): FleetError {
  const message = "expected the devices' files to hold the CA that signed them, got leaves alone";
  const hint = "append the intermediates and the root to each full chain file";
  return new FleetError("CERTIFICATE_INVALID", `${layout.dir}: ${message}`, {
    hint,
    problems: [{ place: layout.dir, message, hint }],
  });
}
