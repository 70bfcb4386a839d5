import type { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { FleetError } from "../base/errors.ts";
import type { BundleSecrets } from "./bundle-file.ts";
import { readBundle } from "./bundle-file.ts";
import type { DatedFacts } from "./dated-facts.ts";
import { datedFacts } from "./dated-facts.ts";
import { bytesIfPresent, textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import type { StoreSurvey, SurveyedCa, SurveyOptions } from "./store-survey.ts";
import { surveyStore } from "./store-survey.ts";
import type { SurveyedLeaf } from "./surveyed-leaf.ts";
import { chainFrom, knownCas, readStoredCas } from "./stored-ca.ts";
import { certsLayout } from "./layout.ts";

/** A certificate of a chain; what the store calls it, where the store has it. */
export interface ChainLink extends DatedFacts {
  /** null = it is no CA of this store. */
  readonly caName: string | null;
  /** Whether the certificate after it signed it, or, the last, itself or a CA of this store; false = the chain breaks. */
  readonly isSigned: boolean;
}

/** Everything about one certificate. */
export type ShownCertificate =
  | (SurveyedLeaf & { readonly kind: "leaf"; readonly chain: readonly ChainLink[] })
  | (SurveyedCa & {
      readonly kind: "ca";
      readonly chain: readonly ChainLink[];
      /** Of this store. */
      readonly signedCas: readonly string[];
      readonly signedLeaves: readonly string[];
    })
  | {
      readonly kind: "file";
      readonly file: string;
      readonly format: "pem" | "der" | "pfx";
      readonly chain: readonly ChainLink[];
      /** `none`, `plain` (read), or `encrypted` and not opened; one for each key in the file. */
      readonly keys: readonly ("plain" | "encrypted")[];
      /** Leaves of this store that have the first certificate. */
      readonly usedBy: readonly string[];
    };

/**
 * Finds what a word names: a leaf of the store, a CA of it, or a file.
 *
 * @param cwd what the path of a file is relative to
 * @throws {FleetError} `FILE_INVALID` or `CERTIFICATE_INVALID` where it names nothing that can be read
 */
export async function showCertificate(
  dir: string,
  word: string,
  options: SurveyOptions & BundleSecrets & { readonly cwd: string },
): Promise<ShownCertificate> {
  const one = await surveyStore(dir, { ...options, id: word });
  const [leaf] = one.leaves;
  if (leaf !== undefined) {
    const file = leaf.chainFile ?? leaf.certFile;
    const found = file === null ? [] : (parseCertificates(textIfPresent(file) ?? "") ?? []);
    return { kind: "leaf", ...leaf, chain: linksOf(dir, found, options.now) };
  }
  if (one.cas.some(({ name }) => name === word)) {
    return shownCa(await surveyStore(dir, options), word, options.now);
  }
  return shownFile(dir, word, options);
}

function shownCa(survey: StoreSurvey, name: string, now: Date): ShownCertificate {
  const ca = survey.cas.find((each) => each.name === name);
  // It was there a moment ago, and nothing that is shown takes it away.
  if (ca === undefined) throw new TypeError(`there is no CA ${name}`);
  const found = ca.certificate === null ? [] : parseCertificates(textIfPresent(ca.certFile) ?? "");
  return {
    kind: "ca",
    ...ca,
    chain: linksOf(survey.dir, found ?? [], now),
    signedCas: survey.cas.filter(({ signedBy }) => signedBy === name).map((each) => each.name),
    signedLeaves: survey.leaves.filter(({ signedBy }) => signedBy === name).map(({ id }) => id),
  };
}

async function shownFile(
  dir: string,
  file: string,
  options: SurveyOptions & BundleSecrets & { readonly cwd: string },
): Promise<ShownCertificate> {
  const bytes = bytesIfPresent(resolve(options.cwd, file));
  if (bytes === undefined) throw nothing(dir, file);
  const { format, certificates, keys } = await readBundle(file, bytes, options);
  const [first] = certificates;
  const survey = await surveyStore(dir, options);
  const sha256 =
    first === undefined ? undefined : datedFacts(first, options.now).thumbprints.sha256;
  return {
    kind: "file",
    file,
    format,
    chain: linksOf(dir, certificates, options.now),
    keys: keys.map(({ key }) => (key === undefined ? "encrypted" : "plain")),
    usedBy: survey.leaves
      .filter(
        ({ certificate }) => certificate !== null && certificate.thumbprints.sha256 === sha256,
      )
      .map(({ id }) => id),
  };
}

/** The certificates as they stand in a file, and behind them what the store knows above the last. */
function linksOf(dir: string, found: readonly X509Certificate[], now: Date): ChainLink[] {
  const cas = readStoredCas(certsLayout(dir));
  const last = found.at(-1);
  const whole =
    last === undefined ? [] : [...found.slice(0, -1), ...chainFrom(last, knownCas(cas))];
  const nameOf = (certificate: X509Certificate): string | null =>
    [cas.root, cas.intermediate, ...cas.named].find(
      (ca) => ca.certificate?.fingerprint256 === certificate.fingerprint256,
    )?.name ?? null;
  return whole.map((certificate, at) => {
    const above = whole[at + 1] ?? certificate;
    const isSigned = certificate.checkIssued(above) && certificate.verify(above.publicKey);
    return { ...datedFacts(certificate, now), caName: nameOf(certificate), isSigned };
  });
}

function nothing(dir: string, word: string): FleetError {
  const message = "expected a device or a CA of the store, or a file, got none of this name";
  const hint = `certs show alone tells what ${dir} holds`;
  return new FleetError("FILE_INVALID", `${word}: ${message}`, {
    hint,
    problems: [{ place: word, message, hint }],
  });
}
