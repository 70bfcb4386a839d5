import { createHash } from "node:crypto";

import type { Plan } from "./plan.ts";

/** Hexadecimal digits that are kept: 128 bits. */
const DIGITS = 32;

/**
 * Tells plans apart: equal for runs that would do the same with the same devices, on whatever machine. Of credentials
 * only their kind counts, of models only the name, since paths and secrets differ from machine to machine.
 *
 * @param models by the names that the plan's devices have
 * @returns 32 hexadecimal digits
 */
export function planFingerprint(
  { devices, ...plan }: Plan,
  models: ReadonlyMap<string, { readonly name: string }>,
): string {
  const hash = createHash("sha256").update(JSON.stringify(plan));
  for (const { model, credentials, ...device } of devices) {
    const name = models.get(model)?.name ?? model;
    hash.update(`\n${JSON.stringify([name, credentials.format, device])}`);
  }
  return hash.digest("hex").slice(0, DIGITS);
}
