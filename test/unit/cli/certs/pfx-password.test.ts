import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { newPfxPassword, pfxPassword } from "../../../../src/cli/certs/pfx-password.ts";

/** A machine with a person at it who types these answers, or with nobody. */
function machine(answers: readonly string[] | undefined) {
  const stdin = Object.assign(new PassThrough(), { isTTY: answers !== undefined });
  const left = [...(answers ?? [])];
  const shown: string[] = [];
  const write = (text: string): boolean => {
    shown.push(text);
    if (text.includes(":")) setImmediate(() => stdin.write(`${left.shift() ?? ""}\r`));
    return true;
  };
  const stderr = { isTTY: answers !== undefined, write };
  return { env: { WORD: "of the variable" }, cwd: "/", stdin, stderr, shown };
}

test("a person types the password of a PFX, and a new one twice; nothing of it is shown", async () => {
  const host = machine(["Käse", "neu", "neu"]);
  expect(await pfxPassword({}, true, host)).toBe("Käse");
  expect(await newPfxPassword({}, host)).toBe("neu");
  expect(host.shown.join("")).toMatch(/Password of the PFX[^]*New password of the PFX/);
  expect(host.shown.join("")).not.toMatch(/Käse|neu/);
});

test("an empty answer is no password", async () => {
  expect(await pfxPassword({}, true, machine([""]))).toBe("");
  expect(await newPfxPassword({}, machine([""]))).toBe("");
});

test("nobody is asked for what is named, or is not needed", async () => {
  const host = machine([]);
  expect(await pfxPassword({ passwordEnv: "WORD" }, true, host)).toBe("of the variable");
  expect(await newPfxPassword({ passwordEnv: "WORD" }, host)).toBe("of the variable");
  expect(await pfxPassword({}, false, host)).toBeUndefined();
  expect(host.shown).toEqual([]);
});

test("without a terminal there is nobody to be asked", async () => {
  expect(await pfxPassword({}, true, machine(undefined))).toBeUndefined();
  expect(await newPfxPassword({}, machine(undefined))).toBeUndefined();
});
