import type { FleetError, Problem } from "./errors.ts";

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
