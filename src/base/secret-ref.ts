import { looksLikeUri } from "./key-vault-uri.ts";

/**
 * Where a secret comes from: the name of an environment variable, the path of a file, or the URI of a secret in Azure
 * Key Vault. The value itself is never part of a plan, a message or a log.
 */
export type SecretRef =
  { readonly env: string } | { readonly file: string } | { readonly keyVault: string };

/** What an option such as `--passphrase-file` names: a file, or in its place the URI of a secret in Azure Key Vault. */
export function secretRefOf(fileOrUri: string): SecretRef {
  return looksLikeUri(fileOrUri) ? { keyVault: fileOrUri } : { file: fileOrUri };
}

/** What messages call the place of a secret: the variable, the file or the URI. */
export function secretPlace(ref: SecretRef): string {
  if ("env" in ref) return ref.env;
  return "file" in ref ? ref.file : ref.keyVault;
}
