import type { TokenCredential } from "@azure/identity";
import { z } from "zod";

/** What a token says of whom it was given to. Source: Microsoft Learn, "Access token claims reference". */
const claims = z.object({
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  oid: z.string().optional(),
});

/**
 * A credential that remembers as whom it logged in, for messages: a vault's refusal is of no use without it. The token
 * itself is not kept.
 */
export function watchedCredential(
  inner: TokenCredential,
): TokenCredential & { readonly identity: () => string | undefined } {
  let identity: string | undefined;
  return {
    identity: () => identity,
    getToken: async (scopes, options) => {
      const token = await inner.getToken(scopes, options);
      if (token !== null) identity = identityIn(token.token);
      return token;
    },
  };
}

/** As whom a token speaks; undefined where it does not tell. Never throws. */
export function identityIn(token: string): string | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const parsed = claims.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    const { upn, unique_name: name, appid, azp, oid } = parsed.data ?? {};
    const user = upn ?? name;
    if (user !== undefined) return user;
    const application = appid ?? azp;
    if (application !== undefined) return `application ${application}`;
    return oid === undefined ? undefined : `object ${oid}`;
  } catch {
    return undefined;
  }
}
