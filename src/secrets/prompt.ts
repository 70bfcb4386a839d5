import { once } from "node:events";
import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FleetError } from "../base/errors.ts";

/** Where a person is asked. */
export interface PromptTerminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: { write(text: string): boolean };
}

/** So often the two entries of a new secret may differ. */
const TRIES = 3;

/**
 * Asks a person for a secret on one line; what is typed is not shown.
 *
 * @param question as it is shown, without the blank after it
 * @throws {FleetError} `INTERRUPTED` after Ctrl-C, Ctrl-D or the end of the input
 */
export async function askSecret(question: string, terminal: PromptTerminal): Promise<string> {
  const { read } = await import("read");
  const { input } = terminal;
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      terminal.output.write(chunk.toString());
      done();
    },
  });
  const over = new AbortController();
  // `read` does not tell of an input that ends (Ctrl-D), but it pauses the input then, as it does after an answer.
  const ended = once(input, "pause", { signal: over.signal }).then(() => nextTurn(undefined));
  try {
    const answered = read({ prompt: question, input, output, silent: true, terminal: true });
    const answer = await Promise.race([answered, ended]);
    if (answer === undefined) throw new Error("the input has ended");
    return answer;
  } catch (cause) {
    throw new FleetError("INTERRUPTED", "stopped at a question", { cause });
  } finally {
    over.abort();
    // The line feed that was typed was not shown either.
    terminal.output.write("\n");
  }
}

/**
 * Asks for a new secret, twice, so that nothing is lost by a slip of the hand.
 *
 * @returns undefined = the person gave none
 * @throws {FleetError} `INTERRUPTED`; `USAGE` if the two entries differ again and again
 */
export async function askNewSecret(
  question: string,
  terminal: PromptTerminal,
): Promise<string | undefined> {
  for (let left = TRIES; left > 0; left -= 1) {
    const first = await askSecret(question, terminal);
    if (first === "") return undefined;
    if ((await askSecret("The same again:", terminal)) === first) return first;
    terminal.output.write("the two are not the same\n");
  }
  throw new FleetError("USAGE", `the two entries differed ${TRIES} times; nothing was written`);
}
