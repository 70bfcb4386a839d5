/** A character that cannot stand where it stands; `at` counts from 0. Parsers catch it, nothing else sees it. */
export class Stray extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** A problem with the text that has it and a caret under the place. @param at counts from 0 */
export function pointed(message: string, text: string, at: number): string {
  // A line end or a tab would move the caret.
  const line = text.replaceAll(/\s/g, " ");
  return `${message} (column ${at + 1})\n  ${line}\n  ${" ".repeat(at)}^`;
}

/** Walks through an expression token by token, skipping white space. */
export class Cursor {
  readonly text: string;
  #at = 0;
  /** Where the last token began. */
  #tokenAt = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** @param pattern sticky (`y`) */
  take(pattern: RegExp): string | undefined {
    this.#skipSpace();
    return this.takeHere(pattern);
  }

  /** The same without skipping white space first. */
  takeHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.text)?.[0];
    if (token !== undefined) {
      this.#tokenAt = this.#at;
      this.#at += token.length;
    }
    return token;
  }

  /** Where the last token began, from 0. */
  get tokenAt(): number {
    return this.#tokenAt;
  }

  takeText(token: string): boolean {
    this.#skipSpace();
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#tokenAt = this.#at;
    this.#at += token.length;
    return true;
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.text.length;
  }

  /** What comes next is not what was expected. */
  fail(expected: string): never {
    this.#skipSpace();
    const rest = this.text.slice(this.#at);
    const got = rest === "" ? "the end" : `"${/^\S+/.exec(rest)?.[0] ?? rest}"`;
    throw new Stray(`expected ${expected}, got ${got}`, this.#at);
  }

  /** What was just taken cannot stand here. */
  refuse(message: string): never {
    throw new Stray(message, this.#tokenAt);
  }

  #skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.#at))) this.#at += 1;
  }
}
