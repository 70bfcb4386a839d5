import type { X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { chooseSigner } from "./ca-signer.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import { outOfPeriod, parseCertificates } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import { describeKey, keyKindOf } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import type { LeafJob } from "./leaf-job.ts";
import { signerOf } from "./leaf-judgement.ts";
import { commonNameIn, hasOurMark, oneLine } from "./name.ts";
import { readPendingLeaf } from "./pending-leaf.ts";
import { isEncryptedKey } from "./private-key-file.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { knownCas, presentCas } from "./stored-ca.ts";

/** What each renewed leaf is to be like. */
export interface RenewalRequest {
  /** Name of the CA that signs; undefined = the one that signed before, if it is here. */
  readonly signer?: string | undefined;
  /** undefined = the kind of the old key. */
  readonly keyKind?: KeyKind | undefined;
  /** > 0; default 365. */
  readonly days?: number | undefined;
  /** Make it anew where one is pending already. */
  readonly force: boolean;
  /** Of the devices' keys, old and new; undefined = not encrypted. */
  readonly passphrase?: string | undefined;
  /** Of a PFX where a device has nothing else; undefined = none. */
  readonly password?: string | undefined;
  readonly now: Date;
}

export type RenewalJudgement =
  | { readonly problems: readonly Problem[] }
  /** Without a job: what is pending already will do. */
  | { readonly ca: StoredCa; readonly job: LeafJob | undefined };

/** What has to be done to renew one leaf. Reads its files, writes nothing. */
export async function judgeRenewal(
  layout: CertsLayout,
  id: string,
  cas: StoredCas,
  options: RenewalRequest,
): Promise<RenewalJudgement> {
  const old = await oldLeaf(layout, id, options.password);
  if ("problem" in old) return { problems: [old.problem] };
  const { leaf, file } = old;
  const problems: Problem[] = [];
  const signer = signerFor(leaf, file, cas, options, problems);
  if (commonNameIn(leaf.subject) !== id) problems.push(otherName(id, file, leaf));
  const oldKey = textIfPresent(layout.leafKey(id));
  if (oldKey !== undefined && isEncryptedKey(oldKey) && options.passphrase === undefined) {
    problems.push(needsPassphrase(layout.leafKey(id)));
  }
  const keyKind = options.keyKind ?? keyKindOf(leaf.publicKey) ?? "p256";
  const key = judgePending(layout, id, keyKind, options, problems);
  if (problems.length > 0 || signer === undefined) return { problems };
  if (key === "kept") return { ca: signer, job: undefined };
  const job: LeafJob = {
    registrationId: id,
    keep: [],
    keyKind,
    days: options.days,
    // The passphrase may be meant for the CA alone: the new key is as the old one is.
    passphrase: oldKey === undefined || isEncryptedKey(oldKey) ? options.passphrase : undefined,
    ...(key === undefined ? { keyFile: layout.renewedKey(id) } : { key }),
    certFile: layout.renewedCert(id),
    fullChainFile: layout.renewedFullChain(id),
  };
  return { ca: signer, job };
}

async function oldLeaf(
  layout: CertsLayout,
  id: string,
  password: string | undefined,
): Promise<
  { readonly leaf: X509Certificate; readonly file: string } | { readonly problem: Problem }
> {
  for (const file of [layout.leafCert(id), layout.leafFullChain(id)]) {
    const text = textIfPresent(file);
    if (text === undefined) continue;
    const [leaf] = parseCertificates(text) ?? [];
    if (leaf !== undefined) return { leaf, file };
    const message = "expected the device's certificate in PEM, got something else";
    return { problem: { place: file, message, hint: "restore the file" } };
  }
  const file = layout.leafPfx(id);
  const bytes = bytesIfPresent(file);
  if (bytes === undefined) {
    const message = "expected the certificate to renew, got no file";
    const hint = `certs show tells which there are; a first one is made by: certs leaf ${id}`;
    return { problem: { place: layout.leafCert(id), message, hint } };
  }
  const { readPfx } = await import("./pfx-read.ts");
  try {
    const [leaf] = readPfx(bytes, { file, password: password ?? "" }).chain;
    if (leaf === undefined) throw new TypeError("a PFX was read without a leaf");
    return { leaf, file };
  } catch (error) {
    const [problem] = error instanceof FleetError ? error.problems : [];
    if (problem === undefined) throw error;
    return { problem };
  }
}

/** The CA that is asked for, or that signed before; one that cannot sign is told. */
function signerFor(
  leaf: X509Certificate,
  file: string,
  cas: StoredCas,
  { signer, now }: RenewalRequest,
  problems: Problem[],
): StoredCa | undefined {
  const above = signerOf(leaf, knownCas(cas));
  const before = presentCas(cas).find(({ certificate }) => certificate === above);
  const name = signer ?? (above === undefined ? undefined : before?.name);
  if (name === undefined && !hasOurMark(leaf.issuer)) {
    problems.push({
      place: file,
      message: `expected a certificate that a CA of this store signed, got one signed by ${oneLine(leaf.issuer)}`,
      hint: "have a CA of this store sign the new one with --signer NAME, or renew it where it was made",
    });
    return undefined;
  }
  try {
    return chooseSigner(cas, name, now);
  } catch (error) {
    if (!(error instanceof FleetError) || error.problems.length === 0) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

const otherName = (id: string, place: string, leaf: X509Certificate): Problem => ({
  place,
  message: `expected the common name "${id}", got ${oneLine(leaf.subject)}`,
  hint: "put the certificate under the name of its own device",
});

const needsPassphrase = (place: string): Problem => ({
  place,
  message: "expected the passphrase of the key, so that the new one is encrypted too, got none",
  hint: "give --passphrase-env or --passphrase-file",
});

/** What is to be certified: a key that waits, a new one (undefined), or nothing since all is there. */
function judgePending(
  layout: CertsLayout,
  id: string,
  keyKind: KeyKind,
  { force, passphrase, now }: RenewalRequest,
  problems: Problem[],
): LeafJob["key"] | "kept" {
  const pending = readPendingLeaf(layout, id, passphrase);
  const place = layout.renewedFullChain(id);
  const anew = "--force makes it anew";
  if (pending.type === "ready" && pending.keyIsPlaced) {
    const message = "expected no renewal that is being put in place, got one that was cut short";
    problems.push({ place, message, hint: `finish it: certs renew ${id} --confirm` });
    return undefined;
  }
  if (pending.type === "none" || force) return undefined;
  if (pending.type === "refused") {
    problems.push(...pending.problems);
    return undefined;
  }
  const { key } = pending;
  if (key === undefined) return undefined;
  if (keyKindOf(key) !== keyKind) {
    const message = `expected the pending key to be of kind ${keyKind}, got ${describeKey(key)}`;
    problems.push({ place: layout.renewedKey(id), message, hint: anew });
    return undefined;
  }
  if (pending.type === "begun") return key;
  const why = outOfPeriod(pending.leaf, now);
  if (why !== undefined) {
    const message = `expected the pending certificate to hold, got one that ${why}`;
    problems.push({ place, message, hint: anew });
  }
  return "kept";
}
