import { sasSignature } from "../../src/emulator/sas-token.ts";

/**
 * A token for `resource` (unescaped), as clients make them.
 *
 * @param key base64
 * @param expiry seconds since 1970
 */
export function formatSasToken(
  resource: string,
  key: { readonly name: string | undefined; readonly key: string },
  expiry: number,
): string {
  const sr = encodeURIComponent(resource);
  const sig = encodeURIComponent(sasSignature(sr, expiry, key.key));
  const skn = key.name === undefined ? "" : `&skn=${encodeURIComponent(key.name)}`;
  return `SharedAccessSignature sr=${sr}&sig=${sig}&se=${expiry}${skn}`;
}
