import { createInterface } from "node:readline/promises";

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
