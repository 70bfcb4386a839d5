import { expect, test } from "vitest";
import { pageBlocks } from "../../support/page-steps.ts";

const page = (...lines: readonly string[]): string => lines.join("\n");

test("commands have their lines, their continued lines and their here-documents", () => {
  const text = page(
    "# A page",
    "```sh both",
    "# a comment",
    "one \\",
    "  --more",
    "cat > two << 'EOF'",
    "three",
    "EOF",
    "four",
    "```",
  );
  expect(pageBlocks(text)).toEqual([
    {
      steps: [
        { line: 4, kind: "both", command: "one \\\n  --more" },
        { line: 6, kind: "both", command: "cat > two << 'EOF'\nthree\nEOF" },
        { line: 9, kind: "both", command: "four" },
      ],
      expected: undefined,
      expectedLine: 0,
    },
  ]);
});

test("a block of text right behind is what they print", () => {
  const text = page("```sh emulator", "one", "```", "", "```text", "printed", "```");
  expect(pageBlocks(text)).toMatchObject([{ expected: ["printed"], expectedLine: 6 }]);
});

test("blocks of other languages are left alone", () => {
  expect(pageBlocks(page("```yaml", "a: 1", "```"))).toEqual([]);
});

test.each([
  ["a block that is not closed", page("```sh both", "one")],
  ['expected sh azure, sh emulator or sh both, got "sh"', page("```sh", "one", "```")],
  ['expected sh azure, sh emulator or sh both, got ""', page("```", "one", "```")],
  ["output of no command", page("```sh both", "one", "```", "words", "```text", "printed", "```")],
  ["no EOF ends the document", page("```sh both", "cat << EOF", "one", "```")],
])("nothing may look executed and not be: %s", (message, text) => {
  expect(() => pageBlocks(text)).toThrow(message);
});
