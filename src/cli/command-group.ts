import type { Argv, CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "./environment.ts";

/** One thing that a command can do: the word after it, such as `add` of `ca`. */
export interface Action {
  /** The word, and its positionals as yargs writes them: `add <name>`, `leaf [ids..]`. */
  readonly command: string;
  readonly describe: string;
  /** What follows the command's name, one line each; at least one. */
  readonly examples: readonly string[];
  /** Further text of help, before the words on the environment. */
  readonly notes?: string | undefined;
  readonly options: (yargs: Argv) => Argv;
  /** @param given what yargs read */
  readonly run: (given: unknown) => Promise<void>;
}

/** A command whose first word after its name is an action. */
export interface CommandGroup extends CommandModule {
  readonly command: string;
  /** The words that may follow. */
  readonly actions: readonly string[];
}

/** @param group `examples`: what follows the command's name, one line each */
export function commandGroup(group: {
  readonly name: string;
  readonly describe: string;
  readonly examples: readonly string[];
  readonly actions: readonly Action[];
}): CommandGroup {
  const { name, describe, actions } = group;
  const words = actions.map(({ command }) => command.split(" ", 1)[0] ?? "");
  return {
    command: name,
    describe,
    actions: words,
    builder: (yargs) => {
      for (const action of actions) yargs.command(actionCommand(name, action));
      return yargs
        .demandCommand(1, `expected one of ${words.join(", ")} after ${name}`)
        .epilogue(
          [
            ...exampleLines(name, group.examples),
            "",
            `Help with options and examples: $0 ${name} <action> --help`,
          ].join("\n"),
        );
    },
    handler: () => {},
  };
}

function actionCommand(
  name: string,
  { command, describe, examples, notes, options, run }: Action,
): CommandModule {
  return {
    command,
    describe,
    builder: (yargs) =>
      options(yargs)
        .strict()
        .epilogue(
          [
            ...exampleLines(name, examples),
            "",
            ...(notes === undefined ? [] : [notes, ""]),
            ENVIRONMENT_HELP,
          ].join("\n"),
        ),
    handler: async (given) => {
      await run(given);
    },
  };
}

const exampleLines = (name: string, examples: readonly string[]): readonly string[] => [
  "Examples:",
  ...examples.map((example) => `  $0 ${name} ${example}`),
];
