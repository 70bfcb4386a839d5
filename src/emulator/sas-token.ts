import { createHmac } from "node:crypto";
import { isSameSecret } from "./same-secret.ts";

/** A shared access signature as it was sent; nothing of it is believed yet. */
export interface SasToken {
  /** As it stands in the token: the signature is over this text. */
  readonly resource: string;
  /** base64 */
  readonly signature: string;
  /** Seconds since 1970. */
  readonly expiry: number;
  /** `skn`: the policy's name; `registration` for devices of DPS. */
  readonly keyName: string | undefined;
}

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, members in any order; never throws.
 * Source: Microsoft Learn, "Control access to DPS with shared access signatures".
 */
export function parseSasToken(text: string): SasToken | undefined {
  const members = /^SharedAccessSignature\s+(.+)$/i.exec(text.trim())?.[1];
  if (members === undefined) return undefined;
  const byName = new Map<string, string>();
  for (const member of members.split("&")) {
    const equals = member.indexOf("=");
    if (equals > 0) byName.set(member.slice(0, equals).toLowerCase(), member.slice(equals + 1));
  }
  const resource = byName.get("sr");
  const signature = percentDecoded(byName.get("sig"));
  const expiry = byName.get("se") ?? "";
  const keyName = percentDecoded(byName.get("skn"));
  if (keyName === undefined && byName.has("skn")) return undefined;
  if (!resource || !signature || !/^\d{1,12}$/.test(expiry)) return undefined;
  return {
    resource,
    signature,
    expiry: Number(expiry),
    keyName,
  };
}

/**
 * The signature of a token, in base64.
 *
 * @param rawResource the text after `sr=`, encoded or not: clients differ, and sign what they send
 * @param key base64
 */
export function sasSignature(rawResource: string, expiry: number, key: string): string {
  return createHmac("sha256", Buffer.from(key, "base64"))
    .update(`${rawResource}\n${expiry}`)
    .digest("base64");
}

/** Whether `token` was signed with `key` (base64). */
export function isSignedWith(token: SasToken, key: string): boolean {
  return isSameSecret(token.signature, sasSignature(token.resource, token.expiry, key));
}

/** Whether the token's time is over, with `clockSkewS` for clocks that differ. */
export function isExpired(token: SasToken, nowMs: number, clockSkewS: number): boolean {
  return nowMs / 1000 > token.expiry + clockSkewS;
}

/** Text with percent-encodings in either case, decoded; undefined where it is none. Never throws. */
export function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
