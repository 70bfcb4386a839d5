import type { Problem } from "../base/errors.ts";
import { EXIT_CODES, FleetError } from "../base/errors.ts";
import type { HostOutput } from "./host.ts";

const told = ({ place, message }: Problem): string => `${place}: ${message}`;

/** @param known hints that need no second telling */
function problemLines(problem: Problem, known: readonly (string | undefined)[]): readonly string[] {
  const lines = [`  ${told(problem).replaceAll("\n", "\n    ")}`];
  if (!known.includes(problem.hint)) lines.push(`    ${problem.hint}`);
  return lines;
}

/**
 * An expected failure as text: what is wrong, each problem at its place, and what to change; nothing of it twice.
 * Ends with a newline.
 */
export function formatFleetError(error: FleetError): string {
  const problems = error.problems.filter((problem) => told(problem) !== error.message);
  const [first] = error.problems;
  const hint = error.hint ?? (problems.length === 0 ? first?.hint : undefined);
  const lines = [
    `error: ${error.message} [${error.code}]`,
    ...problems.flatMap((problem, at) =>
      problemLines(problem, [undefined, hint, problems[at - 1]?.hint]),
    ),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Tells a failure to the user: a `FleetError` in words, anything else (a bug) with its stack.
 *
 * @returns the exit code it ends the process with
 */
export function printError(error: unknown, output: HostOutput): number {
  if (error instanceof FleetError) {
    output.write(formatFleetError(error));
    return EXIT_CODES[error.code];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.write(`This is a bug in dps-fleet, please report it:\n${text}\n`);
  return 1;
}
