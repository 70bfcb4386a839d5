import type { JsonMember } from "./json-member.ts";
import { jsonMembers, withMember } from "./json-member.ts";

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_IN_TEXT = /^"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"$/;

/**
 * The body with `NaN` in place of a number, or of a number in a text; as it is where there is none.
 *
 * @param field path of the member; undefined = the first number, else the first number in a text
 */
export function withNaN(body: string, field: string | undefined): string {
  const member = memberOf(body, field, (text) => NUMBER.test(text) || NUMBER_IN_TEXT.test(text));
  if (member === undefined) return body;
  return withMember(body, member, NUMBER.test(member.text) ? "NaN" : '"NaN"');
}

/**
 * The body with a member of another type: a number as a text, a text as a number (0 where it is none), the rest as texts.
 *
 * @param field path of the member; undefined = the first number, else the first number in a text
 */
export function withWrongType(body: string, field: string | undefined): string {
  const member = memberOf(body, field, () => true);
  if (member === undefined) return body;
  const { text } = member;
  const isText = text.startsWith('"');
  const wrong = isText ? (NUMBER_IN_TEXT.exec(text)?.[1] ?? "0") : `"${text}"`;
  return withMember(body, member, wrong);
}

/** The body with spaces behind it, which JSON allows, up to `bytes` of UTF-8; a longer one as it is. */
export function padded(body: string, bytes: number): string {
  return body + " ".repeat(Math.max(0, bytes - Buffer.byteLength(body)));
}

function memberOf(
  body: string,
  field: string | undefined,
  fits: (text: string) => boolean,
): JsonMember | undefined {
  const members = jsonMembers(body);
  if (field !== undefined) return members.find(({ path, text }) => path === field && fits(text));
  return (
    members.find(({ text }) => NUMBER.test(text)) ??
    members.find(({ text }) => NUMBER_IN_TEXT.test(text))
  );
}
