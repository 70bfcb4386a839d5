import type { GeneratorHealth } from "./generator-summary.ts";
import type { Summary } from "./summary.ts";

/** Said of a run whose generator was a limit; its reasons follow. */
export const GENERATOR_LIMITED =
  "the generator was the limit, not the service: latencies of these times are its own";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const most = (values: readonly number[]): number => Math.max(0, ...values);

/** What the generator used at most, in a line. */
export function generatorUse({ workers, machine }: GeneratorHealth): string {
  const cpu = most(workers.map(({ cpuShare }) => cpuShare.peak));
  const late = most(workers.map(({ loopDelayMs }) => loopDelayMs.p99 ?? 0));
  return (
    `workers at most ${percent(cpu)} of a core, what was due waited ${Math.round(late)} ms (p99); ` +
    `machine at most ${percent(machine.cpuShare.peak)} busy`
  );
}

/** How the generator did, in lines: what it used, and where it was the limit, why and what to do about it. */
export function generatorLines({ generator }: Pick<Summary, "generator">): readonly string[] {
  if (generator === null) return ["not measured"];
  if (!generator.limited) return [generatorUse(generator)];
  return [
    GENERATOR_LIMITED,
    ...reasonsWithMends(generator).flatMap(({ texts, mend }) => [
      ...texts.map((text) => `- ${text}`),
      `  → ${mend}`,
    ]),
    generatorUse(generator),
  ];
}

/** How many reasons of a kind of help are told; `summary.json` has all. */
const REASONS_TOLD = 4;

/** Reasons by what to do about them, the first few of each. */
export function reasonsWithMends({
  reasons,
}: GeneratorHealth): readonly { readonly mend: string; readonly texts: readonly string[] }[] {
  const byMend = new Map<string, string[]>();
  for (const { mend, text } of reasons) {
    byMend.set(mend, [...(byMend.get(mend) ?? []), text]);
  }
  return [...byMend].map(([mend, texts]) => {
    const more = texts.length - REASONS_TOLD;
    const told = more > 1 ? [...texts.slice(0, REASONS_TOLD), `${more} more such times`] : texts;
    return { mend, texts: told };
  });
}
