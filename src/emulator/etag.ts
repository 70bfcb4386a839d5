import { ServiceFault } from "./fault.ts";

/** A tag in the form of DPS answers: base64 of a quoted token. */
export function newEtag(id: string): string {
  return Buffer.from(`"${id}"`).toString("base64");
}

/**
 * Holds an `If-Match` header against the stored tag. Some SDKs quote the tag and some do not, so one pair of
 * quotes is stripped from both, and the `W/` of a weak tag; `*` fits whatever exists.
 *
 * @param current undefined where nothing is stored
 * @throws {ServiceFault} `preconditionFailed`
 */
export function requireMatch(ifMatch: string | undefined, current: string | undefined): void {
  if (ifMatch === undefined || ifMatch === "") return;
  const wanted = unquote(ifMatch.replace(/^W\//, ""));
  if (wanted === "*" ? current !== undefined : current !== undefined && wanted === unquote(current))
    return;
  throw new ServiceFault("preconditionFailed", "Precondition failed: the ETag does not match.");
}

/** Removes one pair of double quotes. */
export function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
