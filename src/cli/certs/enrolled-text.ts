import type { StoreSurvey } from "../../pki/store-survey.ts";
import type { ShownCertificate } from "../../pki/shown-certificate.ts";
import type { CertificateUse } from "../../service/certificate-uses.ts";

/** The uses of a certificate, by its SHA-1. */
export type UsesOf = (sha1: string | undefined) => readonly CertificateUse[];

/** As people read them; "" = nothing holds it. */
export function usesText(uses: readonly CertificateUse[]): string {
  return uses
    .map(({ kind, name, slot, status }) => {
      const what = kind === "ca" ? "CA certificate" : kind;
      const more = [...(slot === null ? [] : [slot]), ...(status === "enabled" ? [] : [status])];
      return `${what} ${name}${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
    })
    .join(", ");
}

/** A survey with what holds each certificate, for `--json`. */
export function surveyWithUses(survey: StoreSurvey, usesOf: UsesOf): unknown {
  const withUses = <T extends { readonly certificate: { thumbprints: { sha1: string } } | null }>(
    one: T,
  ) => ({ ...one, enrolledIn: usesOf(one.certificate?.thumbprints.sha1) });
  return { ...survey, cas: survey.cas.map(withUses), leaves: survey.leaves.map(withUses) };
}

/** One certificate with what holds it, for `--json`. */
export function certificateWithUses(shown: ShownCertificate, usesOf: UsesOf): unknown {
  return { ...shown, enrolledIn: usesOf(shown.chain[0]?.thumbprints.sha1) };
}
