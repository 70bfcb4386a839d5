import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { environmentName } from "./environment.ts";

/** What was typed, and what could have been. */
interface Words {
  readonly argv: readonly string[];
  readonly options: readonly string[];
  readonly commands: readonly string[];
  /** The words that may follow a command. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
}

/** The names in what yargs says, such as `Unknown arguments: a, b`. */
const namesIn = (message: string, start: RegExp): readonly string[] =>
  start.test(message) ? message.replace(start, "").split(", ") : [];

/** An action that the command does not have; nothing else of the line can be judged then. */
function unknownAction({ argv, actions }: Words): Problem | undefined {
  const [command = "", action = ""] = argv;
  const known = actions[command];
  if (known === undefined || action === "" || action.startsWith("-") || known.includes(action))
    return undefined;
  const near = nearest(action, known);
  return {
    place: action,
    message: `expected one of ${known.join(", ")}`,
    hint: near === undefined ? undefined : `did you mean ${command} ${near}?`,
  };
}

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

/** A command line that ends too early. */
function missingWords(message: string, { argv, actions }: Words): readonly Problem[] {
  const few = /^Not enough non-option arguments: got (\d+), need at least (\d+)/.exec(message);
  if (few === null) return [];
  const [command = "", action = ""] = argv;
  const place = actions[command]?.includes(action) === true ? `${command} ${action}` : command;
  return [{ place, message: `expected ${few[2]} further word, got ${few[1]}` }];
}

/** What yargs says is wrong with the command line, in our words and at its places. */
export function usageError(message: string, words: Words): FleetError {
  const unknown = namesIn(message, /^Unknown (?:argument|command)s?: /);
  const bare = namesIn(message, /^Not enough arguments following: /);
  const action = unknownAction(words);
  const [command = "", next = ""] = words.argv;
  const whole = words.actions[command]?.includes(next) === true ? `${command} ${next}` : command;
  const hint = words.commands.includes(command) ? `see ${whole} --help` : "see --help";
  const problems =
    action === undefined
      ? [
          ...missingWords(message, words),
          ...unknown.flatMap((word) => unknownWord(word, words) ?? []),
          ...bare.map((name) => ({ place: `--${name}`, message: "expected a value, got none" })),
        ]
      : [action];
  return new FleetError("USAGE", problems.length > 0 ? "the command line is wrong" : message, {
    problems,
    hint,
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
