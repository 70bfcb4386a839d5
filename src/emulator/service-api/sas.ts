import {
  isExpired,
  isSignedWith,
  parseSasToken,
  percentDecoded,
  sasSignature,
} from "../sas-token.ts";

/** A shared access policy of a service. */
export interface AccessPolicy {
  readonly name: string;
  /** base64 */
  readonly key: string;
}

/** A token for `resource` (unescaped), as service clients make them. */
export function formatSasToken(resource: string, policy: AccessPolicy, expiry: number): string {
  const sr = encodeURIComponent(resource);
  const sig = encodeURIComponent(sasSignature(sr, expiry, policy.key));
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
  if (token?.keyName !== options.policy.name) return false;
  if (isExpired(token, options.nowMs, options.clockSkewS)) return false;
  const resource = percentDecoded(token.resource)?.toLowerCase().replace(/\/+$/, "");
  return resource === options.hostName.toLowerCase() && isSignedWith(token, options.policy.key);
}
