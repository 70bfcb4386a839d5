import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { PromptTerminal } from "../../../src/secrets/prompt.ts";
import { askNewSecret, askSecret } from "../../../src/secrets/prompt.ts";
import { refusal } from "../../support/refusal.ts";

/** A person who types the next of these keys whenever a question stands. */
function person(keys: readonly string[]): PromptTerminal & { shown: string } {
  const input = new PassThrough();
  const left = [...keys];
  const terminal = {
    input,
    shown: "",
    output: {
      write: (text: string): boolean => {
        terminal.shown += text;
        // A question ends with a colon and is followed by where the cursor goes.
        if (text.includes(":")) setImmediate(() => input.write(left.shift() ?? ""));
        return true;
      },
    },
  };
  return terminal;
}

test("what is typed is the answer, and is not shown", async () => {
  const terminal = person(["Käse 1\r"]);
  expect(await askSecret("Passphrase of root:", terminal)).toBe("Käse 1");
  expect(terminal.shown).toContain("Passphrase of root:");
  expect(terminal.shown).not.toContain("Käse");
});

test("Ctrl-C and Ctrl-D end the question as an interruption", async () => {
  for (const key of ["\u0003", "\u0004"])
    expect((await refusal(askSecret("Passphrase:", person([key])))).code).toBe("INTERRUPTED");
});

test("a new secret is asked for twice, until both are the same; an empty one is none", async () => {
  const slip = person(["one\r", "two\r", "three\r", "three\r"]);
  expect(await askNewSecret("New:", slip)).toBe("three");
  expect(slip.shown).toContain("not the same");
  expect(await askNewSecret("New:", person(["\r"]))).toBeUndefined();
  const never = await refusal(
    askNewSecret("New:", person(["a\r", "b\r", "a\r", "b\r", "a\r", "b\r"])),
  );
  expect(never.message).toContain("nothing was written");
});
