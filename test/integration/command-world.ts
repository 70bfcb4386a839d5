import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";
import { serviceClients } from "./emulator-service-clients.ts";

/** An emulator and a folder with its file and certificates, for commands that are run in this process. */
export interface CommandWorld extends TestEmulator {
  /** Microsoft's clients, to look at what commands did. */
  readonly clients: ReturnType<typeof serviceClients>;
  /** The folder that commands run in. */
  readonly dir: string;
  /** Writes a file into it. @returns its path */
  readonly file: (name: string, content: string) => string;
  readonly read: (name: string) => string;
  /** Runs a command line; words are apart by blanks. `env` names the emulator unless it is given. */
  readonly command: (
    words: string,
    env?: Readonly<Record<string, string>>,
    signal?: "SIGINT",
  ) => Promise<CliEnd>;
}

/** In the folder: `emulator.json`, and `root.pem`, `intermediate.pem`, `other.pem` of its PKI. */
export async function commandWorld(
  options: Omit<EmulatorOptions, "tls"> = {},
): Promise<CommandWorld> {
  const folder = temporaryDir();
  const world = await emulatorForTest(options);
  const clients = serviceClients(world);
  const dir = folder.path;
  const file = (name: string, content: string): string => writeTestFile(join(dir, name), content);
  const { root, intermediate, otherRoot } = world.pki;
  const rootFile = file("root.pem", root.certificatePem);
  file("intermediate.pem", intermediate.certificatePem);
  file("other.pem", otherRoot.certificatePem);
  file("emulator.json", JSON.stringify(emulatorInfo(world.emulator, rootFile)));
  return {
    ...world,
    clients,
    dir,
    file,
    read: (name) => readFileSync(join(dir, name), "utf8"),
    command: (words, env = { DPS_FLEET_EMULATOR: "emulator.json" }, signal) =>
      runHere(dir, words.split(" "), env, signal),
    [Symbol.asyncDispose]: async () => {
      clients[Symbol.dispose]();
      await world.emulator.stop();
      folder[Symbol.dispose]();
    },
  };
}
