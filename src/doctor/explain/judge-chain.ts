import type { X509Certificate } from "node:crypto";
import { outOfPeriod } from "../../pki/identity-check.ts";
import { oneLine } from "../../pki/name.ts";
import { isSelfSigned, isSignedBy, relationOf } from "../../pki/signed-by.ts";
import { certificateLine, sha1Of } from "./certificate-text.ts";
import type { CaFacts, DeviceFacts, GroupFacts, KnownCa } from "./device-facts.ts";
import type { Fault, Link } from "./link.ts";
import { failing, good, open } from "./link.ts";

/** The CAs above the leaf, and the group that they lead to. */
export interface ChainJudgement {
  readonly links: readonly Link[];
  /** The group whose CA signed a certificate of the chain, nearest to the leaf first; undefined = none. */
  readonly group: { readonly facts: GroupFacts; readonly ca: CaFacts } | undefined;
}

/**
 * Walks from the leaf upwards, as DPS does: the first group whose CA signed something counts, and what stands above that
 * is not needed. Source: Microsoft Learn, "X.509 certificate attestation", DPS device chain requirements.
 *
 * @param groups undefined = DPS was not asked: the chain is judged by itself
 */
export function judgeChain(
  facts: Pick<DeviceFacts, "files" | "known" | "now">,
  groups: readonly GroupFacts[] | undefined,
): ChainJudgement {
  const { chain } = facts.files;
  const links: Link[] = [];
  for (const [at, child] of chain.entries()) {
    const next = chain[at + 1];
    const group = groupAbove(child, next, groups ?? []);
    if (group !== undefined) return { links, group };
    if (next === undefined) {
      const end = endOf(child, at, facts, groups);
      return {
        links: withImpostor(end === undefined ? links : [...links, end], facts, groups),
        group,
      };
    }
    const fault = stepFault(child, next, at, facts, groups);
    const text = certificateLine(next);
    if (fault !== undefined)
      return { links: [...links, failing(titleOf(at + 1), text, fault)], group };
    links.push(good(titleOf(at + 1), text));
  }
  return { links, group: undefined };
}

/**
 * Where a chain leads to no group, the first step to a CA that has only the name of a known one is what went wrong.
 *
 * @param links of the CAs above the leaf, the last one of the end
 */
function withImpostor(
  links: readonly Link[],
  facts: Pick<DeviceFacts, "files" | "known">,
  groups: readonly GroupFacts[] | undefined,
): readonly Link[] {
  if (groups === undefined || links.at(-1)?.state !== "fail") return links;
  for (const [at, child] of facts.files.chain.entries()) {
    const right = namesake(child, groups, facts.known);
    const next = facts.files.chain[at + 1];
    if (right === undefined) continue;
    const text = next === undefined ? oneLine(child.issuer) : certificateLine(next);
    const fault = otherKey(child, right.what, right.certificate);
    return [...links.slice(0, at), failing(titleOf(at + 1), text, fault)];
  }
  return links;
}

/** A CA that has the name of who signed `child`, and another key. */
function namesake(
  child: X509Certificate,
  groups: readonly GroupFacts[],
  known: readonly KnownCa[],
): { readonly what: string; readonly certificate: X509Certificate } | undefined {
  const held = groups.flatMap(({ id, cas }) =>
    cas.flatMap(({ certificate }) =>
      certificate === undefined ? [] : [{ certificate, what: `the CA of enrollment group ${id}` }],
    ),
  );
  const stored = known.map(({ certificate, file }) => ({ certificate, what: `the CA in ${file}` }));
  const candidates = [...held, ...stored];
  // A CA that was rolled has its name twice: who did sign is no impostor.
  if (candidates.some(({ certificate }) => isSignedBy(child, certificate))) return undefined;
  return candidates.find(
    ({ certificate }) => relationOf(child, certificate) === "same name, other key",
  );
}

const titleOf = (at: number): string => `CA ${at}`;

/** The group whose CA signed `child`. Of a CA that is known by its thumbprint alone, the device's own copy is used. */
function groupAbove(
  child: X509Certificate,
  next: X509Certificate | undefined,
  groups: readonly GroupFacts[],
): ChainJudgement["group"] {
  for (const facts of groups) {
    for (const ca of facts.cas) {
      const copy = next !== undefined && sha1Of(next) === ca.sha1 ? next : undefined;
      const certificate = ca.certificate ?? copy;
      if (certificate !== undefined && isSignedBy(child, certificate))
        return { facts, ca: { ...ca, certificate } };
    }
  }
  return undefined;
}

/** Why a step from one certificate of the file to the one after it fails; undefined = it does not. */
function stepFault(
  child: X509Certificate,
  next: X509Certificate,
  at: number,
  facts: Pick<DeviceFacts, "files" | "known" | "now">,
  groups: readonly GroupFacts[] | undefined,
): Fault | undefined {
  if (!isSignedBy(child, next)) {
    return relationOf(child, next) === "same name, other key"
      ? otherKey(child, `the CA after it in ${facts.files.certFile}`, next)
      : gap(child, at, facts, groups);
  }
  if (!next.ca) {
    return {
      cause: "not signed by a CA",
      message: `expected a CA to have signed ${oneLine(child.subject)}, got ${oneLine(next.subject)}, which is none (CA:FALSE)`,
      mend: "sign it with a CA: certs leaf --signer NAME",
    };
  }
  const why = outOfPeriod(next, facts.now);
  if (why === undefined) return undefined;
  return {
    cause: why.startsWith("expired") ? "expired" : "not yet valid",
    message: `expected a CA that holds now, got ${oneLine(next.subject)}, which ${why}`,
    mend: "make a CA anew, enroll it, and issue the leaves below it anew",
  };
}

/** What is where the file ends and no group's CA was met; undefined = nothing that could be told. */
function endOf(
  last: X509Certificate,
  at: number,
  facts: Pick<DeviceFacts, "files" | "known" | "now">,
  groups: readonly GroupFacts[] | undefined,
): Link | undefined {
  const title = titleOf(at + 1);
  if (!isSelfSigned(last)) {
    const fault = gap(last, at, facts, groups);
    return fault.cause === "other CA"
      ? notHeld(fault, groups ?? [])
      : failing(title, oneLine(last.issuer), fault);
  }
  if (groups === undefined)
    return at === 0 ? open(title, "none: the leaf signed itself") : undefined;
  if (at === 0) {
    return failing(title, "none: the leaf signed itself", {
      cause: "self-signed",
      message:
        "expected a leaf that a CA of an enrollment group signed, got one that signed itself",
      mend: "issue it below the group's CA: certs leaf, or enroll this very leaf: enroll device",
    });
  }
  return notHeld(otherCa(last, facts, groups), groups);
}

/** No group's CA was met; where one is not known here, it may be the one. */
function notHeld(fault: Fault, groups: readonly GroupFacts[]): Link {
  const unknown = groups.filter(({ unknownCas }) => unknownCas.length > 0);
  if (unknown.length === 0) return failing("group", "none that goes with this chain", fault);
  const named = unknown.map(({ id, unknownCas }) => `${id} (${unknownCas.join(", ")})`);
  return open("group", `perhaps one that names a CA certificate of DPS: ${named.join(", ")}`);
}

/** The signer of `child` is not there. A CA of a group, or of the store, may tell why. */
function gap(
  child: X509Certificate,
  at: number,
  { files, known }: Pick<DeviceFacts, "files" | "known">,
  groups: readonly GroupFacts[] | undefined,
): Fault {
  const inStore = known.find(({ certificate }) => isSignedBy(child, certificate));
  const isTop = at > 0 && files.chain[at + 1] === undefined && inStore === undefined;
  if (isTop && groups !== undefined && groups.some(({ cas: held }) => held.length > 0))
    return otherCa(child, { files }, groups);
  return {
    cause: "missing intermediate",
    message: `expected the CA that signed ${oneLine(child.subject)} in ${files.certFile}, which is ${oneLine(child.issuer)}; it is not there`,
    mend: mendOfGap(inStore, files.certFile),
  };
}

const mendOfGap = (inStore: KnownCa | undefined, certFile: string): string =>
  inStore === undefined
    ? `put that CA's certificate into ${certFile}: leaf, intermediates, root, in this order`
    : `put ${inStore.file} into ${certFile}: leaf, intermediates, root, in this order`;

function otherKey(child: X509Certificate, what: string, ca: X509Certificate): Fault {
  return {
    cause: "signed by another key",
    message: `expected ${oneLine(child.subject)} to be signed by ${what}, got a signature of another key: same name (${oneLine(ca.subject)}), other CA (SHA-1 ${sha1Of(ca)})`,
    mend: "issue the leaf anew below the enrolled CA, or enroll the CA that signed it",
  };
}

function otherCa(
  top: X509Certificate,
  { files }: Pick<DeviceFacts, "files">,
  groups: readonly GroupFacts[],
): Fault {
  const held = groups
    .filter(({ attestation }) => attestation === "x509")
    .map(({ id, cas }) => `${id}: ${cas.map(({ sha1 }) => sha1).join(", ") || "none"}`);
  if (held.length === 0) {
    return {
      cause: "no enrollment",
      message: "expected an enrollment group for certificates, got none in DPS",
      mend: "enroll the CA: enroll group NAME --certificate FILE",
    };
  }
  const shown = files.chain.slice(1).map(sha1Of);
  return {
    cause: "other CA",
    message: `expected a group that holds a CA of this chain (SHA-1 ${shown.join(", ") || oneLine(top.issuer)}), got ${shownGroups(held)}`,
    mend: "enroll this chain's CA: enroll group NAME --certificate FILE, or issue the leaf below an enrolled one",
  };
}

const GROUPS_TOLD = 3;

function shownGroups(held: readonly string[]): string {
  const more = held.length - GROUPS_TOLD;
  return held.slice(0, GROUPS_TOLD).join("; ") + (more > 0 ? `; and ${more} more groups` : "");
}
