import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { confirmOnTerminal, confirmOrRefuse } from "../../../src/cli/confirm.ts";

/** A host whose user types `typed`; undefined = it is no terminal. */
function hostThat(typed: string | undefined) {
  const told: string[] = [];
  const isTTY = typed !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY });
  if (typed !== undefined) stdin.end(typed);
  const stderr = { isTTY, write: (text: string): boolean => told.push(text) > 0 };
  return { host: { stdin, stderr }, told };
}

const asked = { yes: false, question: "Delete it?" };
const never = new AbortController().signal;

test.each(["y\n", "yes\n", " Y \n"])("%j goes on", async (typed) => {
  const { host, told } = hostThat(typed);
  await expect(confirmOrRefuse(host, never, asked)).resolves.toBeUndefined();
  expect(told).toEqual(["Delete it? [y/N] "]);
});

test.each(["n\n", "\n", "", "yep\n"])("%j does nothing", async (typed) => {
  for (const confirm of [confirmOrRefuse, confirmOnTerminal])
    await expect(confirm(hostThat(typed).host, never, asked)).rejects.toMatchObject({
      code: "INTERRUPTED",
      message: "nothing was done",
    });
});

test("with --yes nothing is asked, and where nobody can be asked the way decides", async () => {
  const { host, told } = hostThat(undefined);
  await confirmOrRefuse(host, never, { ...asked, yes: true });
  await confirmOnTerminal(host, never, asked);
  await expect(confirmOrRefuse(host, never, asked)).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ place: "--yes", message: "expected it as the answer to: Delete it?" }],
  });
  expect(told).toEqual([]);
});

test("a stop while the question stands is told as that, on a line of its own", async () => {
  const stop = new AbortController();
  const told: string[] = [];
  const host = {
    stdin: Object.assign(new PassThrough(), { isTTY: true }),
    stderr: {
      isTTY: true,
      write: (text: string): boolean => {
        told.push(text);
        if (text.startsWith("Delete")) stop.abort(new FleetError("INTERRUPTED", "stopped"));
        return true;
      },
    },
  };
  await expect(confirmOrRefuse(host, stop.signal, asked)).rejects.toThrow("stopped");
  expect(told.at(-1)).toBe("\n");
});
