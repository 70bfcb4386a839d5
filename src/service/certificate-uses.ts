import type { CaCertificate } from "./ca-certificates.ts";
import type { EnrollmentKind } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";
import { enrollmentSummary } from "./enrollment-summary.ts";

/** Something in DPS that holds a certificate. */
export interface CertificateUse {
  /** An enrollment, or a CA certificate of the DPS instance. */
  readonly kind: EnrollmentKind | "ca";
  readonly name: string;
  /** null = it names a CA certificate of the instance, or is one. */
  readonly slot: "primary" | "secondary" | null;
  /** `enabled`, `disabled`; `verified`, `unverified`. */
  readonly status: string;
}

/** What in DPS holds which certificate, by SHA-1 in upper-case hex. */
export type CertificateUses = ReadonlyMap<string, readonly CertificateUse[]>;

/**
 * Reads all enrollments, page by page, for the certificates that they hold.
 *
 * @param cas CA certificates of the instance; without them groups that name one are found for none
 * @throws {FleetError} `REFUSED`, `UNREACHABLE`
 */
export async function certificateUses(
  enrollments: Pick<Enrollments, "list">,
  cas: readonly CaCertificate[],
): Promise<CertificateUses> {
  const uses = new Map<string, CertificateUse[]>();
  const add = (sha1: string, use: CertificateUse): void => {
    const key = sha1.toUpperCase();
    uses.set(key, [...(uses.get(key) ?? []), use]);
  };
  const thumbprints = new Map(cas.map(({ name, thumbprint }) => [name, thumbprint]));
  for (const { name, thumbprint, isVerified } of cas) {
    add(thumbprint, {
      kind: "ca",
      name,
      slot: null,
      status: isVerified ? "verified" : "unverified",
    });
  }
  for (const kind of ["group", "individual"] as const) {
    for await (const page of enrollments.list(kind)) {
      for (const { id, status, certificates, caReferences } of page.map(enrollmentSummary)) {
        for (const { slot, sha1 } of certificates) {
          if (sha1 !== null) add(sha1, { kind, name: id, slot, status });
        }
        for (const reference of caReferences) {
          const thumbprint = thumbprints.get(reference);
          if (thumbprint !== undefined) add(thumbprint, { kind, name: id, slot: null, status });
        }
      }
    }
  }
  return uses;
}
