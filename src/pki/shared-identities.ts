import type { Problem } from "../base/errors.ts";
import type { IdentityMaterial } from "./identity-file.ts";

/** What two devices of a fleet have in common and must not, told at the second of them. */
export class SharedIdentities {
  readonly #ids = new Map<string, string>();
  /** By SHA-256 of the leaf: whose it is, and its file. */
  readonly #leaves = new Map<string, { readonly id: string; readonly file: string }>();

  /** DPS ignores the case of registration ids, and so do some file systems. */
  idProblems(registrationId: string): Problem[] {
    const key = registrationId.toLowerCase();
    const other = this.#ids.get(key);
    this.#ids.set(key, other ?? registrationId);
    if (other === undefined) return [];
    const message =
      other === registrationId
        ? `expected one device with the registration id "${registrationId}", got two`
        : `expected registration ids that differ by more than case, got "${other}" and "${registrationId}"`;
    return [
      { place: registrationId, message, hint: "give each device a registration id of its own" },
    ];
  }

  /** One leaf is one device: a hub lets the second in by throwing the first out. */
  leafProblems({ leaf, registrationId, source }: IdentityMaterial): Problem[] {
    const other = this.#leaves.get(leaf.fingerprint256);
    this.#leaves.set(leaf.fingerprint256, other ?? { id: registrationId, file: source.file });
    if (other === undefined) return [];
    return [
      {
        place: source.file,
        message: `expected a certificate of its own for "${registrationId}", got that of "${other.id}" in ${other.file}`,
        hint: "issue a leaf for each device",
      },
    ];
  }
}
