import { createHmac, timingSafeEqual } from "node:crypto";

/** A shared access policy of a service. */
export interface AccessPolicy {
  readonly name: string;
  /** base64 */
  readonly key: string;
}

export interface SasToken {
  /** As it stands in the token: the signature is over this text. */
  readonly resource: string;
  readonly signature: string;
  /** Seconds since 1970. */
  readonly expiry: number;
  readonly policy: string | undefined;
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
  const signature = decode(byName.get("sig"));
  const expiry = byName.get("se") ?? "";
  if (!resource || !signature || !/^\d{1,12}$/.test(expiry)) return undefined;
  return { resource, signature, expiry: Number(expiry), policy: decode(byName.get("skn")) };
}

/** A token for `resource` (unescaped), as service clients make them. */
export function formatSasToken(resource: string, policy: AccessPolicy, expiry: number): string {
  const sr = encodeURIComponent(resource);
  const sig = encodeURIComponent(sign(sr, expiry, policy.key));
  return `SharedAccessSignature sr=${sr}&sig=${sig}&se=${expiry}&skn=${encodeURIComponent(policy.name)}`;
}

/** Whether the `Authorization` header opens `hostName` and everything under it. */
export function isAuthorized(
  header: string | undefined,
  options: {
    readonly hostName: string;
    readonly policy: AccessPolicy;
    readonly nowMs: number;
    readonly clockSkewS: number;
  },
): boolean {
  const token = parseSasToken(header ?? "");
  if (token?.policy !== options.policy.name) return false;
  if (options.nowMs / 1000 > token.expiry + options.clockSkewS) return false;
  if (decode(token.resource)?.toLowerCase().replace(/\/+$/, "") !== options.hostName.toLowerCase())
    return false;
  const wanted = Buffer.from(sign(token.resource, token.expiry, options.policy.key));
  const given = Buffer.from(token.signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function sign(rawResource: string, expiry: number, key: string): string {
  return createHmac("sha256", Buffer.from(key, "base64"))
    .update(`${rawResource}\n${expiry}`)
    .digest("base64");
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
