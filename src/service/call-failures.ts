import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { CallOutcome } from "./paced-calls.ts";
import { RefusedCall } from "./service-error.ts";

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
  const problems = failuresByCause(failed.map(({ item, error }) => ({ name: nameOf(item), error })))
    .slice(0, CAUSES_MAX)
    .map(({ message, names }): Problem => ({ place: placeOf(names), message }));
  const { code, hint } = first.error;
  return new FleetError(code, `${doing}: ${failed.length} of ${outcomes.length} failed`, {
    problems,
    hint: hint ?? "run it again: it goes on with what is left",
    cause: first.error,
  });
}

/** A call that failed, and what messages call its item. */
export interface NamedFailure {
  readonly name: string;
  readonly error: FleetError;
}

/** Failures that have a cause in common. */
export interface FailureCause {
  /** Azure's status and name of it, such as `404 DeviceNotFound`, or else the message. */
  readonly cause: string;
  /** The first one's message, without the name of its item. */
  readonly message: string;
  readonly names: readonly string[];
  readonly hint: string | undefined;
}

/** Failures by cause, the most frequent first. What a service refuses for one reason it may word for each item anew. */
export function failuresByCause(failures: readonly NamedFailure[]): readonly FailureCause[] {
  const causes = new Map<string, FailureCause>();
  for (const { name, error } of failures) {
    const message = error.message.replaceAll(asWord(name), "…");
    const cause = error instanceof RefusedCall ? codeOf(error) : message;
    const known = causes.get(cause) ?? { cause, message, names: [], hint: error.hint };
    causes.set(cause, { ...known, names: [...known.names, name] });
  }
  return [...causes.values()].toSorted((a, b) => b.names.length - a.names.length);
}

const codeOf = ({ refusal: { status, code } }: RefusedCall): string =>
  code === undefined ? String(status) : `${status} ${code}`;

/** The name where it is not a part of a longer one. */
const asWord = (name: string): RegExp =>
  new RegExp(`(?<![\\w.:-])${name.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![\\w-])`, "g");

const placeOf = ([first = "", ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;
