import { dirname } from "node:path";
import type { Problem } from "../base/errors.ts";
import { modeOpenToOthers } from "../base/file-mode.ts";
import { EXPIRING_DAYS } from "./dated-facts.ts";
import type { IdentityMaterial } from "./identity-file.ts";

const DAY_MS = 86_400_000;

/** What will trouble a good identity soon, or lets others take it; empty = nothing. Never throws. */
export function identityWarnings(
  { leaf, source }: Pick<IdentityMaterial, "leaf" | "source">,
  now: Date,
): Problem[] {
  return [...expiryWarnings(leaf.validTo, source.file, now), ...modeWarnings(source)];
}

function expiryWarnings(validTo: string, place: string, now: Date): Problem[] {
  const end = new Date(validTo);
  if (end.getTime() - now.getTime() > EXPIRING_DAYS * DAY_MS) return [];
  return [
    {
      place,
      message: `expected a certificate that holds for more than ${EXPIRING_DAYS} days, got one that ends on ${end.toISOString()}`,
      hint: "renew it: certs renew",
    },
  ];
}

function modeWarnings({ kind, keyFile }: IdentityMaterial["source"]): Problem[] {
  const mode = modeOpenToOthers(keyFile);
  if (mode === undefined) return [];
  return [
    {
      place: keyFile,
      message: `expected a ${kind === "pem" ? "private key" : "PFX"} that its owner alone can read, got mode ${mode}`,
      hint:
        kind === "pem"
          ? `chmod -R go-rwx '${dirname(keyFile)}'`
          : `chmod go-rwx '${dirname(keyFile)}'/*.pfx`,
    },
  ];
}
