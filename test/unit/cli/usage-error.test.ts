import { expect, test } from "vitest";

import { usageError } from "../../../src/cli/usage-error.ts";

const problemsOf = (line: string, message: string) =>
  usageError(message, {
    argv: line.split(" "),
    options: ["emulator", "json"],
    commands: ["run", "ca"],
    actions: { ca: ["add", "list"] },
  }).problems;

test("an unknown action is told alone, with the nearest one", () => {
  expect(problemsOf("ca lst --emulator x", "Unknown arguments: emulator, lst")).toEqual([
    { place: "lst", message: "expected one of add, list", hint: "did you mean ca list?" },
  ]);
});

const hintOf = (line: string) =>
  usageError("Unknown argument: x", {
    argv: line.split(" "),
    options: [],
    commands: ["run", "ca"],
    actions: { ca: ["list"] },
  }).hint;

test("the hint names the help of the command, and of the action, that was meant, if it is one", () => {
  expect(hintOf("ca list x")).toBe("see ca list --help");
  expect(hintOf("ca x")).toBe("see ca --help");
  expect(hintOf("run x")).toBe("see run --help");
  expect(hintOf("x run")).toBe("see --help");
});

test("a line that ends too early is told at its command and action", () => {
  const message = "Not enough non-option arguments: got 0, need at least 1";
  const wanted = "expected 1 further word, got 0";
  expect(problemsOf("ca add --json", message)).toEqual([{ place: "ca add", message: wanted }]);
  expect(problemsOf("run --json", message)).toEqual([{ place: "run", message: wanted }]);
});

test("of a known action, options and words are judged as of any command", () => {
  expect(problemsOf("ca add x y --jsn", "Unknown arguments: y, jsn")).toEqual([
    { place: "y", message: "expected no further word here" },
    {
      place: "--jsn",
      message: "expected an option, got an unknown one",
      hint: "did you mean --json?",
    },
  ]);
});
