/** A text that is no query or condition; the message begins with where in the text, counted in characters from 1. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** Of the first character that is wrong, from 0. */
  readonly offset: number;
  /** What is wrong there, without the place. */
  readonly problem: string;

  constructor(offset: number, problem: string) {
    super(`at character ${offset + 1}: ${problem}`);
    this.offset = offset;
    this.problem = problem;
  }
}
