/**
 * Where a secret comes from: the name of an environment variable, or the path of a file. The value itself is never part
 * of a plan, a message or a log.
 */
export type SecretRef = { readonly env: string } | { readonly file: string };
