import { resolve } from "node:path";

import type { SecretRef } from "../base/secret-ref.ts";
import { secretRefOf } from "../base/secret-ref.ts";
import type { Host } from "./host.ts";

/** A file of a secret relative to the current folder, or the URI of a secret in Azure Key Vault. */
export function secretFileRef(name: string, { cwd }: Pick<Host, "cwd">): SecretRef {
  const ref = secretRefOf(name);
  return "file" in ref ? { file: resolve(cwd, ref.file) } : ref;
}
