import { createHash } from "node:crypto";

/**
 * The hub for a registration id among equal ones: always the same for the same id and set of hubs, and
 * with one hub more or less only the share that must move moves (rendezvous hashing). Azure's own hash is
 * not published.
 *
 * @returns undefined where there is no hub
 */
export function allocateHashed(
  registrationId: string,
  hubs: readonly string[],
): string | undefined {
  let best: { readonly hub: string; readonly score: string } | undefined;
  for (const hub of hubs) {
    const score = createHash("sha256")
      .update(`${hub.toLowerCase()}\n${registrationId.toLowerCase()}`)
      .digest("hex");
    if (best === undefined || score > best.score) best = { hub, score };
  }
  return best?.hub;
}
