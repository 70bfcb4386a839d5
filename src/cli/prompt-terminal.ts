import type { PromptTerminal } from "../secrets/prompt.ts";
import type { Host } from "./host.ts";

/** The terminal that a person sits at; undefined = there is none. */
export function promptTerminal({
  stdin,
  stderr,
}: Pick<Host, "stdin" | "stderr">): PromptTerminal | undefined {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  return { input: stdin, output: stderr };
}
