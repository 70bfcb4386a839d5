import { expand } from "brace-expansion";

import { COMMON_NAME_MAX } from "../../pki/name.ts";

/** More devices than this in one command are a slip of the hand. */
export const LEAVES_MAX = 100_000;

/**
 * The ids that a pattern stands for, as shells expand braces: `cave{1..30}`, `line{a,b}-{001..100}`.
 *
 * @returns the ids in order, or what is wrong with the pattern. Never throws
 */
export function idsOfPattern(pattern: string): readonly string[] | { readonly problem: string } {
  // Bounded: what is too large is not built. Ids that are too long end at the bound of characters, and are told later.
  const ids = expand(pattern, {
    max: LEAVES_MAX + 1,
    maxLength: (LEAVES_MAX + 1) * (COMMON_NAME_MAX + 1),
  });
  if (ids.length > LEAVES_MAX) {
    return { problem: `expected a pattern of at most ${LEAVES_MAX} ids, got more` };
  }
  if (ids.some((id) => /[{}]/.test(id))) {
    return { problem: `expected a pattern such as cave{1..30}, got "${pattern}"` };
  }
  return ids;
}
