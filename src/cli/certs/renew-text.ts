import type { ConfirmedLeaf } from "../../pki/confirm-renewal.ts";
import type { RenewedLeaf } from "../../pki/renew-leaves.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";
import { shownPath } from "./certs-text.ts";

/** What is pending now, a line a device. */
export function renewedText(
  renewed: readonly RenewedLeaf[],
  flags: CertsFlags,
  host: Pick<Host, "cwd">,
): string {
  return renewed
    .map(({ id, done, certFile, validTo }) => {
      const what = done === "renewed" ? "renewed" : "is pending already";
      return `${id}: ${what}, until ${validTo.slice(0, 10)}: ${shownPath(certFile, flags, host)}\n`;
    })
    .join("");
}

/** What is in use now, a line a device. */
export function confirmedText(
  confirmed: readonly ConfirmedLeaf[],
  flags: CertsFlags,
  host: Pick<Host, "cwd">,
): string {
  const shown = (file: string): string => shownPath(file, flags, host);
  return confirmed
    .map(({ id, done, certFile, pfxFile, keptFiles }) => {
      if (done === "kept") return `${id}: nothing was pending, in place is ${shown(certFile)}\n`;
      const [kept] = keptFiles;
      const old = kept === undefined ? "" : `; the old one is ${shown(kept)}`;
      const files = [certFile, ...(pfxFile === null ? [] : [pfxFile])].map(shown).join(", ");
      return `${id}: in place, ${files}${old}\n`;
    })
    .join("");
}

/** What was given up, a line a device. */
export function discardedText(ids: readonly string[], discarded: ReadonlySet<string>): string {
  return ids
    .map((id) => `${id}: ${discarded.has(id) ? "discarded" : "nothing was pending"}\n`)
    .join("");
}
