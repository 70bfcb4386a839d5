/** In a line of a page: any text. As a whole line: any number of lines. */
export const ANY = "…";

/** Where what was printed is not what the page says. */
export interface Mismatch {
  /** Index of the line of the page's block; its length where too much was printed. */
  readonly at: number;
  readonly expected: string | undefined;
  /** The line that was printed there; undefined where nothing more was. */
  readonly got: string | undefined;
}

const special = /[.*+?^${}()|[\]\\]/g;

/** Blanks count as one, as tables are as wide as what is in them. */
function fits(expected: string, got: string): boolean {
  const pattern = expected
    .trim()
    .split(ANY)
    .map((part) => part.replaceAll(special, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(got.trim());
}

/**
 * Holds what was printed against a page, line by line. `…` is any text within a line, and any lines where it is a line
 * of its own.
 *
 * @returns the first line that does not hold, or undefined
 */
export function mismatch(
  expected: readonly string[],
  got: readonly string[],
): Mismatch | undefined {
  let furthest: Mismatch = { at: 0, expected: expected[0], got: got[0] };
  const holds = (at: number, line: number): boolean => {
    const [want, have] = [expected[at], got[line]];
    if (want === undefined && have === undefined) return true;
    if (want?.trim() === ANY)
      return holds(at + 1, line) || (line < got.length && holds(at, line + 1));
    if (want !== undefined && have !== undefined && fits(want, have))
      return holds(at + 1, line + 1);
    if (at >= furthest.at) furthest = { at, expected: want, got: have };
    return false;
  };
  return holds(0, 0) ? undefined : furthest;
}
