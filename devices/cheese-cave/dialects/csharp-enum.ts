const INT32_MOST = 2_147_483_647;

/**
 * `Enum.Parse`: the number of an enum value by its name, by any 32-bit number, also one without a name, or by a list
 * of names, whose numbers are joined bit by bit. Case counts, blanks around do not. undefined = it throws.
 *
 * @param names by their numbers, from 0
 */
export function parseEnum(text: string, names: readonly string[]): number | undefined {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) {
    const value = Number(trimmed);
    return value <= INT32_MOST && value >= -INT32_MOST - 1 ? value : undefined;
  }
  let joined = 0;
  for (const name of trimmed.split(",")) {
    const value = names.indexOf(name.trim());
    if (value < 0) return undefined;
    joined |= value;
  }
  return joined;
}
