import type { SecretRef } from "./secret-ref.ts";

/**
 * Which files hold a device's certificate and key, and where the secret that opens them is. Files that the user brought
 * are named; the others lie in the store.
 */
export type CertificateSpec =
  | {
      readonly format: "pem";
      readonly passphrase?: SecretRef | undefined;
      /** Absolute. */
      readonly files?: { readonly cert: string; readonly key: string } | undefined;
    }
  | {
      readonly format: "pfx";
      readonly password?: SecretRef | undefined;
      /** Absolute. */
      readonly file?: string | undefined;
    };
