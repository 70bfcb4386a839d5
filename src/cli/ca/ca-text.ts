import { textTable } from "../../output/text-table.ts";
import type { CaCertificate } from "../../service/ca-certificates.ts";

/** One certificate in a line. */
export function caLine({ name, isVerified, thumbprint, expiry }: CaCertificate): string {
  const state = isVerified ? "verified" : "not verified";
  return `${name}: ${state}, SHA-1 ${thumbprint}, until ${expiry.slice(0, 10)}\n`;
}

/** All certificates as a table. */
export function caTable(cas: readonly CaCertificate[]): string {
  return textTable(
    ["NAME", "VERIFIED", "EXPIRES", "SHA-1", "SUBJECT"],
    cas.map((ca) => [
      ca.name,
      ca.isVerified ? "yes" : "no",
      ca.expiry.slice(0, 10),
      ca.thumbprint,
      ca.subject,
    ]),
  );
}
