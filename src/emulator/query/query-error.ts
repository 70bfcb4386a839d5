/** A text that is no query or condition; the message begins with where in the text, counted in characters from 1. */
export class QueryError extends Error {
  override readonly name = "QueryError";

  /** @param offset of the first character that is wrong, from 0 */
  constructor(offset: number, problem: string) {
    super(`at character ${offset + 1}: ${problem}`);
  }
}
