/** A secret in Azure Key Vault, taken apart. */
export interface KeyVaultSecret {
  /** `https://NAME.vault.azure.net`. */
  readonly vaultUrl: string;
  /** Host name of the vault. */
  readonly host: string;
  readonly secret: string;
  /** undefined = the newest. */
  readonly version: string | undefined;
  /** Where tokens for this cloud come from. */
  readonly authorityHost: string;
}

/**
 * Names of vaults and of who gives tokens, by cloud. Source: Microsoft Learn, "Azure Key Vault security", DNS suffixes;
 * "National clouds", Microsoft Entra authentication endpoints.
 */
const CLOUDS: readonly (readonly [suffix: string, authorityHost: string])[] = [
  [".vault.azure.net", "https://login.microsoftonline.com"],
  [".vault.azure.cn", "https://login.chinacloudapi.cn"],
  [".vault.usgovcloudapi.net", "https://login.microsoftonline.us"],
];

/** Names of vaults and secrets. Source: Microsoft Learn, "Azure Key Vault keys, secrets and certificates overview". */
const VAULT_NAME = /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/;
const SECRET_NAME = /^[0-9A-Za-z-]{1,127}$/;
const VERSION = /^[0-9a-fA-F]{32}$/;

/** What a URI of a secret looks like, for messages. */
export const KEY_VAULT_FORM = "https://NAME.vault.azure.net/secrets/SECRET[/VERSION]";

/** Whether a text is meant as a URI and not as the name of a file. Never throws. */
export const looksLikeUri = (text: string): boolean => /^https?:\/\//i.test(text);

/**
 * Takes the URI of a secret apart, or tells what is wrong with it. A text that is no URI is not shown: it may be the
 * secret itself. Never throws.
 */
export function parseKeyVaultUri(text: string): KeyVaultSecret | { readonly problem: string } {
  const url = looksLikeUri(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return wrong("something else");
  if (url.protocol !== "https:") return wrong("http, which would show the secret to others");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return wrong("a user, a query or a fragment in it");
  }
  const cloud = CLOUDS.find(([suffix]) => url.hostname.endsWith(suffix));
  const name = cloud === undefined ? "" : url.hostname.slice(0, -cloud[0].length);
  if (cloud === undefined || !VAULT_NAME.test(name) || url.port !== "") {
    return wrong(`the host ${url.host}, which is no vault's`);
  }
  const [, kind = "", secret = "", version, ...rest] = url.pathname.replace(/\/$/, "").split("/");
  if (kind === "keys" || kind === "certificates") {
    return wrong(`the URI of a ${kind.slice(0, -1)}`);
  }
  const isSecret = kind === "secrets" && SECRET_NAME.test(secret) && rest.length === 0;
  if (!isSecret) return wrong(`the path ${url.pathname}`);
  if (version !== undefined && !VERSION.test(version)) {
    return wrong("a version that is not 32 hex digits");
  }
  const { host } = url;
  return { vaultUrl: `https://${host}`, host, secret, version, authorityHost: cloud[1] };
}

const wrong = (got: string): { readonly problem: string } => ({
  problem: `expected ${KEY_VAULT_FORM}, got ${got}`,
});
