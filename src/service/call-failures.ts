import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { CallOutcome } from "./paced-calls.ts";

/** Causes that are listed, the most common first. */
const CAUSES_MAX = 10;

/**
 * The failures of many calls as one, by cause; undefined where all went well.
 *
 * @param doing for the message, such as `deleting registration records`
 * @param nameOf how messages of the calls call an item: they are the same but for that
 */
export function callFailures<Item>(
  doing: string,
  outcomes: readonly CallOutcome<Item, unknown>[],
  nameOf: (item: Item) => string,
): FleetError | undefined {
  const failed = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome]));
  const [first] = failed;
  if (first === undefined) return undefined;
  const byCause = new Map<string, string[]>();
  for (const { item, error } of failed) {
    const name = nameOf(item);
    const cause = error.message.replaceAll(asWord(name), "…");
    byCause.set(cause, [...(byCause.get(cause) ?? []), name]);
  }
  const problems = [...byCause]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, CAUSES_MAX)
    .map(([message, names]): Problem => ({ place: placeOf(names), message }));
  const { code, hint } = first.error;
  return new FleetError(code, `${doing}: ${failed.length} of ${outcomes.length} failed`, {
    problems,
    hint: hint ?? "run it again: it goes on with what is left",
    cause: first.error,
  });
}

/** The name where it is not a part of a longer one. */
const asWord = (name: string): RegExp =>
  new RegExp(`(?<![\\w.:-])${name.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![\\w-])`, "g");

const placeOf = ([first = "", ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;
