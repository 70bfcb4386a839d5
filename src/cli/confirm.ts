import { createInterface } from "node:readline/promises";

import { FleetError } from "../base/errors.ts";
import type { Host } from "./host.ts";

/** Asks a yes-no question; an end of input or a stop is a no. */
export type Confirm = (question: string) => Promise<boolean>;

/**
 * Asks on the terminal.
 *
 * @param stop a stop while the question stands is a no
 * @returns undefined where nobody can answer: input or messages are no terminal
 */
export function confirmer(
  host: Pick<Host, "stdin" | "stderr">,
  stop: AbortSignal,
): Confirm | undefined {
  if (host.stdin.isTTY !== true || host.stderr.isTTY !== true) return undefined;
  return async (question) => {
    const input = createInterface({ input: host.stdin });
    const answered = new AbortController();
    try {
      host.stderr.write(`${question} [y/N] `);
      const [answer] = await Promise.race([
        new Promise<[string]>((resolve) => input.once("line", (line) => resolve([line]))),
        new Promise<[string]>((resolve) => input.once("close", () => resolve([""]))),
        new Promise<[string]>((resolve) => {
          if (stop.aborted) resolve([""]);
          stop.addEventListener("abort", () => resolve([""]), { signal: answered.signal });
        }),
      ]);
      // Whatever is told of the stop begins a line of its own.
      if (stop.aborted) host.stderr.write("\n");
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      answered.abort();
      input.close();
    }
  };
}

/** What is asked before something is done that cannot be undone. */
export interface Asked {
  readonly yes: boolean;
  readonly question: string;
}

/**
 * Goes on only with the user's word: `--yes`, or a yes on the terminal.
 *
 * @throws {FleetError} `USAGE` where there is no terminal to ask on; `INTERRUPTED` after a no or a stop
 */
export async function confirmOrRefuse(
  host: Pick<Host, "stdin" | "stderr">,
  stop: AbortSignal,
  { yes, question }: Asked,
): Promise<void> {
  if (yes) return;
  if (confirmer(host, stop) === undefined)
    throw new FleetError("USAGE", "there is no terminal to ask on, and nothing was done", {
      problems: [{ place: "--yes", message: `expected it as the answer to: ${question}` }],
      hint: "look at what it would do, then give --yes",
    });
  await confirmOnTerminal(host, stop, { yes, question });
}

/**
 * Goes on unless the user says no; where there is no terminal to ask on, the command itself is the user's word.
 *
 * @throws {FleetError} `INTERRUPTED` after a no or a stop
 */
export async function confirmOnTerminal(
  host: Pick<Host, "stdin" | "stderr">,
  stop: AbortSignal,
  { yes, question }: Asked,
): Promise<void> {
  const confirm = yes ? undefined : confirmer(host, stop);
  if (confirm === undefined || (await confirm(question))) return;
  stop.throwIfAborted();
  throw new FleetError("INTERRUPTED", "nothing was done", { hint: "--yes asks no question" });
}
