import { readFileSync } from "node:fs";
import { z } from "zod";

/** A line of the Dockerfile, continued ones joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

const lines = readFileSync("Dockerfile", "utf8")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n");

export const INSTRUCTIONS: readonly Instruction[] = lines
  .filter((line) => line.trim() !== "")
  .map((line) => {
    const [, name = "", text = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    return { name, text };
  });

/** Those of the stage that becomes the image. */
const LAST_STAGE = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(({ name }) => name === "FROM"));

/** What the one instruction of that name says in the last stage; throws where there is none, or several. */
export function only(name: string): string {
  const found = LAST_STAGE.filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`expected ${name} once, got it ${found.length} times`);
  return found[0]?.text ?? "";
}

/** `A=b C="d e"` as a record. */
export const pairsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/([\w.]+)=("[^"]*"|\S+)/g)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll('"', ""),
    ]),
  );

const words = z.array(z.string()).min(1);

/** A command as a list; throws where it is for a shell, which signals would stop at. */
export const execForm = (text: string): readonly string[] => words.parse(JSON.parse(text));

/** The command of the health check. */
export const HEALTH_COMMAND = execForm(only("HEALTHCHECK").replace(/^.*\bCMD\s+/, ""));

/** The environment that every container of the image has. */
export const IMAGE_ENVIRONMENT = pairsOf(only("ENV"));
