import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { copyBeside, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { locked, openCa } from "./ca-signer.ts";
import type { IssuedCa, Issuer } from "./certificate.ts";
import { issueIntermediate, issueRoot } from "./certificate.ts";
import { outOfPeriod } from "./identity-check.ts";
import { keptName } from "./layout.ts";
import { oneLine } from "./name.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { chainFrom, isAbsent, knownCas } from "./stored-ca.ts";

/** What has to be done to the CAs of a store before leaves can be signed. */
export interface CaWork {
  readonly root: "keep" | "issue" | "absent";
  readonly intermediate: "keep" | "issue" | "absent";
}

/**
 * What the store needs: both CAs where it is empty; a new certificate for the old key where one of ours has run out,
 * where only the key is left, or where the root has changed above the intermediate. The store's own shape stays:
 * with a root only, the root signs.
 */
export function caWork({ root, intermediate }: StoredCas, now: Date): CaWork {
  if (isAbsent(root) && isAbsent(intermediate)) return { root: "issue", intermediate: "issue" };
  const rootWork = isAbsent(root) ? "absent" : workOn(root, now);
  if (isAbsent(intermediate)) return { root: rootWork, intermediate: "absent" };
  const above = root.certificate?.publicKey;
  const orphaned =
    intermediate.ours && above !== undefined && intermediate.certificate?.verify(above) === false;
  const intermediateWork = orphaned ? "issue" : workOn(intermediate, now);
  const rootMissing = rootWork === "absent" && intermediateWork === "issue";
  return { root: rootMissing ? "issue" : rootWork, intermediate: intermediateWork };
}

function workOn(ca: StoredCa, now: Date): "keep" | "issue" {
  if (ca.certificate === undefined) {
    return ca.key === undefined && ca.lockedKey === undefined ? "keep" : "issue";
  }
  return ca.ours && outOfPeriod(ca.certificate, now) !== undefined ? "issue" : "keep";
}

/** The CAs whose keys that takes; a new CA whose key is there already signs for itself with it. */
const signersIn = ({ root, intermediate }: StoredCas, work: CaWork): readonly StoredCa[] => [
  ...(work.intermediate === "absent" ? [] : [intermediate]),
  ...(work.intermediate === "keep" && work.root !== "issue" ? [] : [root]),
];

/**
 * The store with the keys read that are needed and take a passphrase.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if a passphrase is not the key's
 */
export async function openSigners(
  cas: StoredCas,
  work: CaWork,
  passphraseOf: CaPassphrase,
): Promise<StoredCas> {
  const needed = signersIn(cas, work);
  const open = (ca: StoredCa): StoredCa | Promise<StoredCa> =>
    needed.includes(ca) ? openCa(ca, passphraseOf) : ca;
  // One after the other: two questions at once cannot be answered.
  const root = await open(cas.root);
  return { ...cas, root, intermediate: await open(cas.intermediate) };
}

/** What keeps us from signing with this store; empty = nothing. */
export function signingProblems(cas: StoredCas, work: CaWork, now: Date): Problem[] {
  return signersIn(cas, work).flatMap((ca) => {
    if (ca.keyProblem !== undefined) return [ca.keyProblem];
    if (ca.lockedKey !== undefined) return [locked(ca)];
    if (ca.certificate === undefined || ca.ours) return [];
    const why = outOfPeriod(ca.certificate, now);
    if (why === undefined) return [];
    return [
      {
        place: ca.certFile,
        message: `expected a CA that holds, got one that ${why}, signed by ${oneLine(ca.certificate.issuer)}`,
        hint: "renew it where it was made, or move certificate and key away to have a new CA made",
      },
    ];
  });
}

/** The CA that signs leaves, with what it takes to make it so: CAs are issued and written as `work` says. */
export async function establishSigner(cas: StoredCas, work: CaWork, now: Date): Promise<Issuer> {
  const root =
    work.root === "issue"
      ? store(cas.root, await issueRoot({ now, ...existingKey(cas.root) }))
      : existing(cas.root, cas);
  if (work.intermediate === "absent") return required(root);
  if (work.intermediate === "keep") {
    const above = root === undefined ? [] : [new X509Certificate(root.certificatePem)];
    return required(existing(cas.intermediate, cas, above));
  }
  const issued = await issueIntermediate({
    subject: "dps-fleet test-only intermediate CA",
    signer: required(root),
    now,
    ...existingKey(cas.intermediate),
  });
  return store(cas.intermediate, issued);
}

const existingKey = ({ key }: StoredCa): { key?: KeyObject } => (key === undefined ? {} : { key });

function existing(
  ca: StoredCa,
  cas: StoredCas,
  above: readonly X509Certificate[] = [],
): Issuer | undefined {
  if (ca.certificate === undefined || ca.key === undefined) return undefined;
  const known = [...above, ...knownCas(cas)];
  const chain = chainFrom(ca.certificate, known);
  return {
    certificatePem: ca.certificate.toString(),
    chainPem: chain.map((certificate) => certificate.toString()).join(""),
    key: ca.key,
  };
}

/** Writes a CA: its key only where there was none, its old certificate kept beside. */
function store(ca: StoredCa, issued: IssuedCa): Issuer {
  if (ca.key === undefined) writeFileAtomic(ca.keyFile, issued.privateKeyPem, MODE.secret);
  if (ca.certificate !== undefined) {
    copyBeside(ca.certFile, keptName(ca.certFile, ca.certificate.fingerprint));
  }
  writeFileAtomic(ca.certFile, issued.certificatePem, MODE.public);
  return issued;
}

function required(issuer: Issuer | undefined): Issuer {
  // `signingProblems` was asked before: reaching this is a bug of ours.
  if (issuer === undefined) throw new Error("no CA to sign with");
  return issuer;
}
