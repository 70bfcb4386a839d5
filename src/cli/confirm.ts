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
    try {
      host.stderr.write(`${question} [y/N] `);
      const [answer] = await Promise.race([
        new Promise<[string]>((resolve) => input.once("line", (line) => resolve([line]))),
        new Promise<[string]>((resolve) => input.once("close", () => resolve([""]))),
        new Promise<[string]>((resolve) => {
          stop.addEventListener("abort", () => resolve([""]), { once: true });
        }),
      ]);
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      input.close();
    }
  };
}

/**
 * Goes on only with the user's word: `--yes`, or a yes on the terminal.
 *
 * @throws {FleetError} `USAGE` where there is no terminal to ask on; `INTERRUPTED` after a no
 */
export async function confirmOrRefuse(
  host: Pick<Host, "stdin" | "stderr">,
  stop: AbortSignal,
  { yes, question }: { readonly yes: boolean; readonly question: string },
): Promise<void> {
  if (yes) return;
  const confirm = confirmer(host, stop);
  if (confirm === undefined)
    throw new FleetError("USAGE", "there is no terminal to ask on, and nothing was done", {
      problems: [{ place: "--yes", message: `expected it as the answer to: ${question}` }],
      hint: "look at what it would do, then give --yes",
    });
  if (await confirm(question)) return;
  throw new FleetError("INTERRUPTED", "nothing was done", { hint: "--yes asks no question" });
}
