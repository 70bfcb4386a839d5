import type { KeyObject, X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { outOfPeriod } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import { describeKey, keyKindOf } from "./key-kind.ts";
import { oneLine } from "./name.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import { chainFrom, isAbsent, knownCas, unlockCa } from "./stored-ca.ts";

/** What a CA is to be like; undefined = any will do where one is there. */
export interface CaRequest {
  /** New ones are P-256. */
  readonly keyKind?: KeyKind | undefined;
  /** > 0. */
  readonly days?: number | undefined;
  /** The passphrase that its key is to be encrypted with. */
  readonly passphrase?: string | undefined;
  /** Make it anew, whatever is there of ours. */
  readonly force: boolean;
  readonly now: Date;
}

export type CaJudgement =
  | { readonly type: "keep"; readonly certificate: X509Certificate }
  /** Only its key is there: it gets a certificate. */
  | { readonly type: "certify" }
  | { readonly type: "make" };

/** Who is to sign the CA, and the store. */
interface Above {
  /** undefined: the CA is a root. */
  readonly signing: StoredCa | undefined;
  /** Whether the user named the signer. */
  readonly asked: boolean;
  readonly cas: StoredCas;
}

const DAY_MS = 86_400_000;

/**
 * Decides what is to be done for a CA.
 *
 * @throws {FleetError} `FOREIGN_FILE` where others' files are in the way, `CERTIFICATE_INVALID` where ours differ from
 * what is asked and `force` is not given, or the CA would come to stand above itself
 */
export function judgeCa(ca: StoredCa, request: CaRequest, above: Above): CaJudgement {
  refuseTwins(ca, above.cas);
  refuseCircle(ca, above);
  const { certificate } = ca;
  if (isAbsent(ca)) return { type: "make" };
  if (certificate === undefined) return judgeLoneKey(ca, request);
  const differences = differencesOf(ca, certificate, request, above);
  if (!request.force && differences.length === 0) return { type: "keep", certificate };
  if (!ca.ours) throw foreign(ca, certificate);
  if (request.force) return { type: "make" };
  throw new FleetError("CERTIFICATE_INVALID", `${ca.name} is there already, and differs`, {
    hint: "--force makes it anew and keeps the old files beside",
    problems: differences,
  });
}

/** File systems exist that know no case: the second would replace the first. */
function refuseTwins({ name, certFile }: StoredCa, { named }: StoredCas): void {
  const twin = named.find(
    (other) => other.name !== name && other.name.toLowerCase() === name.toLowerCase(),
  );
  if (twin === undefined) return;
  const message = `expected a name of its own, got one that differs from "${twin.name}" in case only`;
  refuse("CERTIFICATE_INVALID", { place: certFile, message, hint: "choose another name" });
}

function refuseCircle(ca: StoredCa, { signing, cas }: Above): void {
  const { certificate } = ca;
  if (signing === undefined) return;
  const chain =
    signing.certificate === undefined ? [] : chainFrom(signing.certificate, knownCas(cas));
  const isIn =
    signing.name === ca.name ||
    chain.some(({ fingerprint256 }) => fingerprint256 === certificate?.fingerprint256);
  if (!isIn) return;
  refuse("CERTIFICATE_INVALID", {
    place: "--signer",
    message: `expected a CA above ${ca.name}, got ${signing.name === ca.name ? "itself" : `"${signing.name}", which stands below it`}`,
    hint: "name the root, or another intermediate",
  });
}

function judgeLoneKey(ca: StoredCa, { keyKind, force }: CaRequest): CaJudgement {
  const { key, keyFile, keyProblem, lockedKey } = ca;
  const kind = key === undefined ? undefined : keyKindOf(key);
  const fits = lockedKey !== undefined || (kind !== undefined && (keyKind ?? kind) === kind);
  if (keyProblem === undefined && fits && !force) return { type: "certify" };
  return refuse("FOREIGN_FILE", {
    place: keyFile,
    message: `expected no key${force ? "" : `, or one of kind ${keyKind ?? "that can be issued for"}`}, got ${found(key)} without a certificate`,
    hint: "move the key away: it is kept under the name of its certificate, which is not there",
  });
}

const found = (key: KeyObject | undefined): string =>
  key === undefined ? "a file" : `one of kind ${describeKey(key)}`;

function differencesOf(
  ca: StoredCa,
  certificate: X509Certificate,
  request: CaRequest,
  above: Above,
): Problem[] {
  const { certFile, keyProblem } = ca;
  const kind = keyKindOf(certificate.publicKey);
  const ended = outOfPeriod(certificate, request.now);
  const messages = [
    request.keyKind !== undefined &&
      request.keyKind !== kind &&
      `expected a key of kind ${request.keyKind}, got ${describeKey(certificate.publicKey)}`,
    ended !== undefined && `expected a CA that holds, got one that ${ended}`,
    daysDifference(certificate, request, above),
    signerDifference(certificate, above),
  ].filter((message) => typeof message === "string");
  return [
    ...(keyProblem === undefined ? [] : [keyProblem]),
    ...messages.map((message) => ({ place: certFile, message })),
    ...passphraseDifference(ca, request),
  ];
}

function daysDifference(
  certificate: X509Certificate,
  { days }: CaRequest,
  { signing }: Above,
): string | undefined {
  if (days === undefined) return undefined;
  const end = Date.parse(certificate.validTo);
  const held = (end - Date.parse(certificate.validFrom)) / DAY_MS;
  // It is dated back a little, and never holds longer than its signer.
  const endsWithSigner = signing?.certificate?.validTo === certificate.validTo;
  if (Math.abs(held - days) < 1 || (endsWithSigner && held < days)) return undefined;
  return `expected one for ${days} days, got one for ${Math.round(held)}`;
}

function signerDifference(
  certificate: X509Certificate,
  { signing, asked, cas }: Above,
): string | undefined {
  if (signing === undefined) return undefined;
  const candidates = asked
    ? [signing.certificate].flatMap((ca) => ca ?? [])
    : knownCas(cas).filter(({ fingerprint256 }) => fingerprint256 !== certificate.fingerprint256);
  const signed = candidates.some(
    (ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
  );
  if (signed) return undefined;
  const wanted = asked ? `${signing.name} signed` : "a CA of this store signed";
  return `expected one that ${wanted}, got one signed by another, ${oneLine(certificate.issuer)}`;
}

function passphraseDifference(ca: StoredCa, { passphrase }: CaRequest): Problem[] {
  const { keyFile } = ca;
  if (passphrase === undefined) return [];
  if (ca.lockedKey === undefined) {
    const message = "expected a key that is encrypted, got one that is not";
    const hint = `encrypt it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ${keyFile} -out ${keyFile}.new, then put it in its place`;
    return ca.key === undefined ? [] : [{ place: keyFile, message, hint }];
  }
  const { keyProblem } = unlockCa(ca, passphrase);
  return keyProblem === undefined ? [] : [keyProblem];
}

function foreign({ name, certFile }: StoredCa, certificate: X509Certificate): FleetError {
  return new FleetError("FOREIGN_FILE", `${name} is there already, and dps-fleet did not make it`, {
    problems: [
      {
        place: certFile,
        message: `expected no file, or one as asked for, got ${oneLine(certificate.subject)}, signed by ${oneLine(certificate.issuer)}`,
        hint: "move certificate and key away, or give another folder with --certs",
      },
    ],
  });
}

function refuse(code: "CERTIFICATE_INVALID" | "FOREIGN_FILE", problem: Problem): never {
  throw new FleetError(code, `${problem.place}: ${problem.message}`, {
    hint: problem.hint,
    problems: [problem],
  });
}
