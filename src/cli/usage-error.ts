import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { environmentName } from "./environment.ts";

/** What was typed, and what could have been. */
interface Words {
  readonly argv: readonly string[];
  readonly options: readonly string[];
  readonly commands: readonly string[];
}

/** The names in what yargs says, such as `Unknown arguments: a, b`. */
const namesIn = (message: string, start: RegExp): readonly string[] =>
  start.test(message) ? message.replace(start, "").split(", ") : [];

/** One unknown word with the nearest known one; `undefined` for a name that yargs derived itself. */
function unknownWord(word: string, { argv, options, commands }: Words): Problem | undefined {
  const flag = argv
    .map((typed) => typed.replace(/=.*/s, ""))
    .find((typed) => typed.startsWith("-") && typed.replace(/^-+/, "") === word);
  if (flag !== undefined) {
    const near = nearest(word, options);
    const hint = near === undefined ? undefined : `did you mean --${near}?`;
    return { place: flag, message: "expected an option, got an unknown one", hint };
  }
  if (!argv.includes(word)) return undefined;
  if (argv[0] !== word) return { place: word, message: "expected no further word here" };
  const near = nearest(word, commands);
  const hint = near === undefined ? undefined : `did you mean ${near}?`;
  return { place: word, message: "expected a command, got an unknown word", hint };
}

/** What yargs says is wrong with the command line, in our words and at its places. */
export function usageError(message: string, words: Words): FleetError {
  const unknown = namesIn(message, /^Unknown (?:argument|command)s?: /);
  const bare = namesIn(message, /^Not enough arguments following: /);
  const problems = [
    ...unknown.flatMap((word) => unknownWord(word, words) ?? []),
    ...bare.map((name) => ({ place: `--${name}`, message: "expected a value, got none" })),
  ];
  return new FleetError("USAGE", problems.length > 0 ? "the command line is wrong" : message, {
    problems,
    hint: "see --help",
  });
}

/** What is wrong with a flag is told at the environment's variable where that gave it. */
export function atItsPlace(error: unknown, fromEnvironment: ReadonlySet<string>): unknown {
  if (!(error instanceof FleetError) || error.code !== "USAGE") return error;
  const problems = error.problems.map((problem) => {
    const name = problem.place.startsWith("--") ? problem.place.slice(2) : "";
    return fromEnvironment.has(name) ? { ...problem, place: environmentName(name) } : problem;
  });
  if (problems.every(({ place }, at) => place === error.problems[at]?.place)) return error;
  const text = error.message.replace("command line is", "command line or environment is");
  return new FleetError(error.code, text, { hint: error.hint, cause: error, problems });
}
