import type { Json } from "../base/json.ts";

/**
 * How deep objects and arrays may nest in what a client sends. Azure's bound is not documented; this one is ours: what
 * is deeper could be read, but not be written again without exhausting the stack.
 */
const DEPTH_MAX = 256;

/**
 * Reads JSON that a client sent.
 *
 * @throws {SyntaxError} for what is no JSON, or nests too deep
 */
export function parseJson(text: string): Json {
  // Each level takes two characters, so most texts need no look.
  if (text.length > 2 * DEPTH_MAX && nestsTooDeep(text))
    throw new SyntaxError(`more than ${DEPTH_MAX} levels`);
  const value: Json = JSON.parse(text);
  return value;
}

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
