import type { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "./certificate-facts.ts";
import { certificateFacts } from "./certificate-facts.ts";
import { commonNameIn } from "./name.ts";

const DAY_MS = 86_400_000;
/** A certificate that ends within so many days is marked: renewing a fleet takes its time. */
export const EXPIRING_DAYS = 30;

/** Whether a certificate holds at some time; `expiring`: it does, and ends within {@link EXPIRING_DAYS}. */
export type ValidityState = "valid" | "expiring" | "expired" | "notYetValid";

/** What a certificate says, and what that means today. */
export interface DatedFacts extends CertificateFacts {
  /** null = none, or more than one. */
  readonly commonName: string | null;
  readonly isCa: boolean;
  readonly isSelfSigned: boolean;
  readonly state: ValidityState;
  /** Whole days until the end, rounded down; negative after it. */
  readonly daysLeft: number;
}

/** The facts of a certificate as they are at `now`. */
export function datedFacts(certificate: X509Certificate, now: Date): DatedFacts {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  return {
    ...certificateFacts(certificate),
    commonName: commonNameIn(certificate.subject) ?? null,
    isCa: certificate.ca,
    isSelfSigned: isSelfSigned(certificate),
    state: stateAt(now, from, to),
    daysLeft: Math.floor((to.getTime() - now.getTime()) / DAY_MS),
  };
}

/** Whether a certificate is its own issuer, as roots are. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

function stateAt(now: Date, from: Date, to: Date): ValidityState {
  if (to < now) return "expired";
  if (from > now) return "notYetValid";
  return to.getTime() - now.getTime() < EXPIRING_DAYS * DAY_MS ? "expiring" : "valid";
}
