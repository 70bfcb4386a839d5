import { QueryError } from "./query-error.ts";

/** A piece of a query; `at` is the offset of its first character. */
export type Token =
  /** A keyword or a name. */
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  /** `[[a name that is no word]]`; never a keyword. */
  | { readonly kind: "name"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "symbol"; readonly text: string; readonly at: number }
  | { readonly kind: "end"; readonly at: number };

const BLANK = /\s+/y;
// `$dt-subject` and its like, system properties of messages, are the only words with hyphens.
const WORD = /\$dt(?:-\p{L}+)+|[\p{L}_$][\p{L}\p{N}_$]*/iuy;
const NAME = /\[\[([^[\],'"]+)\]\]/y;
// A doubled quote and a backslash both keep a quote inside.
const STRING = /'((?:[^'\\]|\\[^]|'')*)'|"((?:[^"\\]|\\[^]|"")*)"/y;
const NUMBER = /0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;
const SYMBOL = /<=|>=|<>|!=|[=<>()[\],.+\-*/%]/y;

/** @throws {QueryError} at the first character that begins nothing */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(BLANK)?.[0].length ?? 0;
    if (at >= text.length) return [...tokens, { kind: "end", at }];
    const found = nextToken(match, at);
    if (found === undefined) throw new QueryError(at, problemAt(text, at));
    tokens.push(found.token);
    at += found.length;
  }
}

function nextToken(
  match: (pattern: RegExp) => RegExpExecArray | null,
  at: number,
): { readonly token: Token; readonly length: number } | undefined {
  const word = match(WORD);
  if (word !== null) return { token: { kind: "word", text: word[0], at }, length: word[0].length };
  const name = match(NAME);
  if (name !== null)
    return { token: { kind: "name", text: name[1] ?? "", at }, length: name[0].length };
  const string = match(STRING);
  if (string !== null)
    return { token: { kind: "string", text: unquote(string), at }, length: string[0].length };
  const number = match(NUMBER);
  if (number !== null) {
    const value = Number(number[0]);
    if (!Number.isFinite(value)) throw new QueryError(at, "the number is too large");
    return { token: { kind: "number", value, at }, length: number[0].length };
  }
  const symbol = match(SYMBOL);
  return symbol === null
    ? undefined
    : { token: { kind: "symbol", text: symbol[0], at }, length: symbol[0].length };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["f", "\f"],
]);

function unquote([, single, double]: RegExpExecArray): string {
  return (single ?? double ?? "").replaceAll(/\\([^])|''|""/g, (escape, escaped?: string) => {
    // Of doubled quotes only the string's own kind is an escape; the other kind stands for itself.
    if (escaped === undefined)
      return escape === (single === undefined ? '""' : "''") ? escape.slice(1) : escape;
    return ESCAPES.get(escaped) ?? escaped;
  });
}

function problemAt(text: string, at: number): string {
  const character = text.slice(at, at + 1);
  return character === "'" || character === '"'
    ? "the string has no end"
    : `unexpected ${JSON.stringify(character)}`;
}
