/** A member of a JSON text, as it stands there. */
export interface JsonMember {
  /** With dots for members of members and places in lists: `readings.0.value`. */
  readonly path: string;
  /** The value's text: a number, a text with its quotes, or `true`, `false`, `null`. */
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/**
 * Every value of a JSON text that is neither a mapping nor a list, in the order in which they stand; none if it is no
 * JSON. The text is looked at and not rebuilt, so that what is changed in it leaves all else as it was.
 */
export function jsonMembers(json: string): readonly JsonMember[] {
  if (!isJson(json)) return [];
  const members: JsonMember[] = [];
  /** Where we are: the newest key of a mapping, the place in a list. */
  const steps: (string | number)[] = [];
  let key: string | undefined;
  for (const { 0: token, index: at } of json.matchAll(TOKEN)) {
    switch (token) {
      case "{":
      case "[":
        steps.push(token === "{" ? "" : 0);
        key = undefined;
        break;
      case "}":
      case "]":
        steps.pop();
        break;
      case ",": {
        const place = steps.at(-1);
        if (typeof place === "number") steps[steps.length - 1] = place + 1;
        else key = undefined;
        break;
      }
      case ":":
        break;
      default:
        if (typeof steps.at(-1) === "string" && key === undefined) {
          key = token.slice(1, -1);
          steps[steps.length - 1] = key;
        } else {
          members.push({ path: steps.join("."), text: token, at });
        }
    }
  }
  return members;
}

/** The text with another value in place of a member's. */
export function withMember(json: string, { at, text }: JsonMember, value: string): string {
  return json.slice(0, at) + value + json.slice(at + text.length);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
