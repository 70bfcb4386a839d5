import { createRandom } from "./random.ts";

/**
 * A test of whether an id is one of `patterns`: ids, or patterns in which `*` stands for any characters; case makes no
 * difference. In linear time, whatever the pattern.
 */
export function patternTest(patterns: readonly string[]): (id: string) => boolean {
  const parts = patterns.map((pattern) => pattern.toLowerCase().split("*"));
  // A fault may name thousands of devices, and is looked at with every message.
  const ids = new Set(parts.flatMap(([only = "", ...more]) => (more.length === 0 ? [only] : [])));
  const wild = parts.filter(({ length }) => length > 1);
  return (id) => {
    const lower = id.toLowerCase();
    return ids.has(lower) || wild.some((of) => fits(lower, of));
  };
}

/**
 * Where a device stands among all when a share of them is chosen, uniform in [0, 1): always the same for an id, whatever
 * its case, so that a larger share has all devices of a smaller one. Another seed chooses others.
 */
export function shareRank(deviceId: string, seed: number): number {
  return createRandom(seed, "share", deviceId.toLowerCase()).next();
}

/** @param parts what stands between the `*` of a pattern */
function fits(id: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop() ?? "";
  if (!id.startsWith(first) || !id.endsWith(last)) return false;
  const end = id.length - last.length;
  let at = first.length;
  for (const part of others) {
    const found = id.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
