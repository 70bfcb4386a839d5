import type { Problem } from "../base/errors.ts";
import { EXIT_CODES, FleetError } from "../base/errors.ts";
import type { HostOutput } from "./host.ts";

function problemLines(problem: Problem): readonly string[] {
  const lines = [`  ${problem.place}: ${problem.message}`];
  if (problem.hint !== undefined) lines.push(`    ${problem.hint}`);
  return lines;
}

/** An expected failure as text: what is wrong, each problem at its place, and what to change. Ends with a newline. */
export function formatFleetError(error: FleetError): string {
  const lines = [
    `error: ${error.message} [${error.code}]`,
    ...error.problems.flatMap(problemLines),
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
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
