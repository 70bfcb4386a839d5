import { certsLayout } from "./layout.ts";

/** Every file that the identity of a device is read from, there or not. */
export function identityPaths(
  dir: string,
  registrationId: string,
  format: "pem" | "pfx",
): readonly string[] {
  const layout = certsLayout(dir);
  return format === "pfx"
    ? [layout.leafPfx(registrationId)]
    : [
        layout.leafCert(registrationId),
        layout.leafFullChain(registrationId),
        layout.leafKey(registrationId),
      ];
}
