import { isAbsolute, join, relative, resolve } from "node:path";

import { printable } from "../../output/text-width.ts";
import type { CertificateFacts } from "../../pki/certificate-facts.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";

/** The folder of the certificates, absolute. */
export const certsDir = ({ certs }: CertsFlags, { cwd }: Pick<Host, "cwd">): string =>
  resolve(cwd, certs);

/** A file of that folder as the user would write it. */
export function shownPath(file: string, flags: CertsFlags, host: Pick<Host, "cwd">): string {
  const inside = relative(certsDir(flags, host), file);
  return inside.startsWith("..") || isAbsolute(inside) ? file : join(flags.certs, inside);
}

/** What a certificate is, a line each, indented; what others wrote cannot move the cursor. */
export function certificateLines(
  facts: CertificateFacts,
  files: readonly (readonly [label: string, text: string])[],
): string[] {
  const { subject, issuer, validFrom, validTo, keyKind, thumbprints } = facts;
  const rows = [
    ...files,
    ["subject", subject],
    ...(issuer === subject ? [] : [["signed by", issuer] as const]),
    ["valid", `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`],
    ["key kind", keyKind],
    ["SHA-1", thumbprints.sha1],
    ["SHA-256", thumbprints.sha256],
  ] as const;
  return rows.map(([label, text]) => `  ${label.padEnd(14)}${printable(text)}`);
}
