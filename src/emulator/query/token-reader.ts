import { QueryError } from "./query-error.ts";
import type { Token } from "./tokens.ts";
import { tokenize } from "./tokens.ts";

/** A place in a text's tokens. Keywords and symbols are asked for in capitals; case does not matter in the text. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  /** @throws {QueryError} */
  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  /** The token after the next `ahead` ones; the last token is always `end`. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new TypeError("no tokens");
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Whether the token is this keyword or symbol. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === "word" || token.kind === "symbol") && token.text.toUpperCase() === text;
  }

  /** Takes the keyword or symbol if it is next. */
  takes(text: string): boolean {
    const seen = this.sees(text);
    if (seen) this.#next += 1;
    return seen;
  }

  /** Takes the first of `texts` that is next. */
  takesOneOf<T extends string>(texts: readonly T[]): T | undefined {
    return texts.find((text) => this.takes(text));
  }

  /** @throws {QueryError} unless the keyword or symbol is next */
  expect(text: string): void {
    if (!this.takes(text)) this.fail(`expected ${text}`);
  }

  /** @throws {QueryError} unless the text ends here */
  expectEnd(expectation: string): void {
    if (this.peek().kind !== "end") this.fail(expectation);
  }

  /** @throws {QueryError} always, at the next token */
  fail(expectation: string): never {
    const token = this.peek();
    throw new QueryError(token.at, `${expectation}, found ${described(token)}`);
  }
}

function described(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end";
    case "number":
      return String(token.value);
    case "word":
    case "name":
    case "string":
    case "symbol":
      return JSON.stringify(token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text);
    default:
      return token satisfies never;
  }
}
