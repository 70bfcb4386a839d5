import { createHash } from "node:crypto";

/** A hub that a device may be assigned to. */
export interface Candidate {
  readonly hostName: string;
  /** 1..1000: its share where devices are hashed. */
  readonly weight: number;
  /** As it is told for the devices of this machine, in ms. */
  readonly latencyMs: number;
}

/**
 * The policies that DPS applies itself.
 * Source: Microsoft Learn, "How to use allocation policies to provision devices across IoT hubs".
 */
export type BuiltInPolicy = "hashed" | "geoLatency" | "static";

/** @returns the host name; undefined where there is no candidate, or for `static` not exactly one */
export function chooseHub(
  policy: BuiltInPolicy,
  registrationId: string,
  candidates: readonly Candidate[],
): string | undefined {
  switch (policy) {
    case "hashed":
      return hashed(registrationId, candidates);
    case "geoLatency":
      return hashed(registrationId, nearest(candidates));
    case "static":
      return candidates.length === 1 ? candidates[0]?.hostName : undefined;
    default:
      return policy satisfies never;
  }
}

/**
 * Always the same hub for the same id and set of hubs; the shares of many ids follow the weights; and where a hub comes,
 * goes or gets another weight, only the devices move that must (weighted rendezvous hashing: C. Schindelhauer and
 * G. Schomaker, "Weighted distributed hash tables", 2005). Azure's own hash is not published.
 */
function hashed(registrationId: string, candidates: readonly Candidate[]): string | undefined {
  let best: { readonly hostName: string; readonly score: number } | undefined;
  for (const { hostName, weight } of candidates) {
    const score = weight / -Math.log(uniform(`${hostName}\n${registrationId}`.toLowerCase()));
    if (best === undefined || score > best.score) best = { hostName, score };
  }
  return best?.hostName;
}

/** A number in (0, 1) that depends on `text` alone. */
function uniform(text: string): number {
  const bits = createHash("sha256").update(text).digest().readUIntBE(0, 6);
  return (bits + 0.5) / 2 ** 48;
}

function nearest(candidates: readonly Candidate[]): readonly Candidate[] {
  const lowest = Math.min(...candidates.map(({ latencyMs }) => latencyMs));
  return candidates.filter(({ latencyMs }) => latencyMs === lowest);
}
