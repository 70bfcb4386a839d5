/** For whom a step of a page is: Azure, the emulator on this machine, or both alike. */
export type StepKind = "azure" | "emulator" | "both";

/** One command of a page, as a person would type it: with its continued lines and its here-document. */
export interface PageStep {
  /** The page's line that it begins on, from 1. */
  readonly line: number;
  readonly kind: StepKind;
  readonly command: string;
}

/** The commands of a fenced block, and what the block behind it says that they print together. */
export interface PageBlock {
  readonly steps: readonly PageStep[];
  /** Lines of the `text` block that follows; undefined where there is none, and anything may be printed. */
  readonly expected: readonly string[] | undefined;
  /** The page's line that the first of `expected` is on. */
  readonly expectedLine: number;
}

interface Fence {
  readonly info: string;
  /** The page's line of its first line. */
  readonly line: number;
  readonly lines: readonly string[];
}

const COMMANDS = /^sh (azure|emulator|both)$/;

/**
 * The commands of a page: fenced blocks whose info string is `sh` and for whom they are. A block `text` right behind,
 * with nothing but blank lines between, is what they print.
 *
 * @throws {Error} for a block that is not closed, for a shell's block of another kind, and for a `text` block that
 *   follows none: nothing on a page may look executed and not be
 */
export function pageBlocks(page: string): readonly PageBlock[] {
  const blocks: PageBlock[] = [];
  for (const { fence, follows } of fencesOf(page)) {
    const { info, line, lines } = fence;
    const kind = kindOf(info);
    if (kind !== undefined) {
      blocks.push({ steps: stepsOf(lines, line, kind), expected: undefined, expectedLine: 0 });
    } else if (info === "text") {
      const last = blocks.pop();
      if (last === undefined || !follows) throw new Error(`line ${line}: output of no command`);
      blocks.push({ ...last, expected: lines, expectedLine: line });
    } else if (/^(?:(?:sh|bash|shell|console)\b|$)/.test(info)) {
      throw new Error(`line ${line}: expected sh azure, sh emulator or sh both, got "${info}"`);
    }
  }
  return blocks;
}

function kindOf(info: string): StepKind | undefined {
  const [, kind] = COMMANDS.exec(info) ?? [];
  return kind === "azure" || kind === "emulator" || kind === "both" ? kind : undefined;
}

/** All fenced blocks, and whether each follows a block of commands at once. */
function fencesOf(page: string): readonly { readonly fence: Fence; readonly follows: boolean }[] {
  const found: { fence: Fence; follows: boolean }[] = [];
  const lines = page.split("\n");
  let afterCommands = false;
  for (let at = 0; at < lines.length; at += 1) {
    const [, info] = /^```(.*)$/.exec(lines[at] ?? "") ?? [];
    if (info === undefined) {
      if (lines[at] !== "") afterCommands = false;
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    if (end === -1) throw new Error(`line ${at + 1}: a block that is not closed`);
    const fence = { info, line: at + 2, lines: lines.slice(at + 1, end) };
    found.push({ fence, follows: afterCommands });
    afterCommands = COMMANDS.test(info);
    at = end;
  }
  return found;
}

function stepsOf(lines: readonly string[], first: number, kind: StepKind): readonly PageStep[] {
  const steps: PageStep[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = at;
    while (lines[at]?.endsWith("\\") === true) at += 1;
    const [, word] = /<<-?\s*'?(\w+)'?/.exec(lines.slice(start, at + 1).join("\n")) ?? [];
    if (word !== undefined) {
      const end = lines.indexOf(word, at + 1);
      if (end === -1) throw new Error(`line ${first + start}: no ${word} ends the document`);
      at = end;
    }
    const command = lines.slice(start, at + 1).join("\n");
    const isCommand = command.trim() !== "" && !command.startsWith("#");
    if (isCommand) steps.push({ line: first + start, kind, command });
  }
  return steps;
}
