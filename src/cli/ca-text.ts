import { printable } from "../output/text-width.ts";
import type { CaCertificate } from "../service/ca-certificates.ts";

/** One certificate in a line. */
export function caLine({ name, isVerified, thumbprint, expiry }: CaCertificate): string {
  const state = isVerified ? "verified" : "not verified";
  return `${name}: ${state}, SHA-1 ${thumbprint}, until ${expiry.slice(0, 10)}\n`;
}

const HEADER = ["NAME", "VERIFIED", "EXPIRES", "SHA-1", "SUBJECT"] as const;

/** All certificates as a table; its last column is as long as it is. */
export function caTable(cas: readonly CaCertificate[]): string {
  const rows = cas.map((ca) => [
    ca.name,
    ca.isVerified ? "yes" : "no",
    ca.expiry.slice(0, 10),
    ca.thumbprint,
    printable(ca.subject),
  ]);
  const table = [HEADER, ...rows];
  const widths = HEADER.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return `${table.map(line).join("\n")}\n`;
}
