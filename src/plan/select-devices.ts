import { patternTest, shareRank } from "../base/device-patterns.ts";

/** `20%`, or of those that a pattern names: `20% of cave-*`. */
const SHARE = /^(100|\d{1,2}(?:\.\d+)?)%(?: of (\S+))?$/;

/** What a selection picks of a fleet. */
export interface SelectedDevices {
  /** Distinct, in the order of the fleet. */
  readonly ids: readonly string[];
  /** Parts of the selection that pick nothing. */
  readonly empty: readonly string[];
}

/**
 * Picks devices: each part is a registration id, a pattern in which `*` stands for any characters, or a share. A share is
 * that many of the devices, rounded, but at least one; with the same seed always the same ones, and a larger share has all
 * of a smaller one. A device that several parts pick is picked once.
 */
export function selectDevices(
  parts: readonly string[],
  fleet: readonly string[],
  seed: number,
): SelectedDevices {
  const known = new Set(fleet);
  const picked = new Set<string>();
  const empty: string[] = [];
  for (const part of parts) {
    const ids = known.has(part) ? [part] : pick(part, fleet, seed);
    if (ids.length === 0) empty.push(part);
    for (const id of ids) picked.add(id);
  }
  return { ids: fleet.filter((id) => picked.has(id)), empty };
}

function pick(part: string, fleet: readonly string[], seed: number): readonly string[] {
  const share = SHARE.exec(part);
  if (share === null) return part.includes("*") ? fleet.filter(patternTest([part])) : [];
  const [, percent = "0", pattern = "*"] = share;
  const among = fleet.filter(patternTest([pattern]));
  // Multiplied first: 29% of 50 are 14.5, and 0.29 of 50 are less.
  const count =
    Number(percent) === 0 ? 0 : Math.max(1, Math.round((among.length * Number(percent)) / 100));
  return among
    .map((id) => ({ id, rank: shareRank(id, seed) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ id }) => id);
}
