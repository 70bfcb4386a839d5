import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import { startEmulatorProcess } from "../../src/run/emulator-process.ts";
import { SOCKET_VARIABLE } from "./held.ts";
import type { SoakOptions } from "./soak-options.ts";
import { soakEmulator, soakScenario } from "./soak-scenario.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** This file is in dist/scripts/soak. */
const MAIN = here("../../src/main.js");
const PROBE = here("./probe.js");
/** Of what a run printed, this much is kept. */
const TAIL_CHARACTERS = 4_000;

/** A run with an emulator of its own, every process of both with a probe. */
export interface StartedRun extends AsyncDisposable {
  readonly emulator: EmulatorInfo;
  /** Aborted when the run has ended. */
  readonly over: AbortSignal;
  /** Ends the run in good order; safe to call twice. @returns its exit code */
  end(): Promise<number>;
  /** The end of what it has printed. */
  printedTail(): Promise<string>;
}

/**
 * Starts both by the built program.
 *
 * @param dir for all files that are no results, the user's alone
 * @param socket where probes tell that they are there
 * @param out folder of the run's results
 */
export async function startRun(
  options: SoakOptions,
  places: { readonly dir: string; readonly socket: string; readonly out: string },
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<StartedRun> {
  const { workers } = options;
  const at = (name: string): string => join(places.dir, name);
  const env = {
    ...process.env,
    NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import=${pathToFileURL(PROBE).href}`,
    [SOCKET_VARIABLE]: places.socket,
  };
  await writeFile(at("soak.yaml"), soakScenario(options));
  await writeFile(at("settings.yaml"), soakEmulator());
  const ports = ["--mqtt-port=0", "--https-port=0"];
  const emulator = await startEmulatorProcess({
    execPath: process.execPath,
    mainFile: MAIN,
    args: [...ports, `--certs=${at("certs")}`, `--config=${at("settings.yaml")}`],
    env,
    cwd: process.cwd(),
    onOutput: (line) => tell(line.trimEnd()),
    signal: stop,
  });
  await writeFile(at("emulator.json"), JSON.stringify(emulator.info), { mode: 0o600 });
  const printed = await open(at("printed.txt"), "w");
  const args = ["--certs", at("certs"), "--out", places.out, "--emulator", at("emulator.json")];
  if (workers !== undefined) args.push("--workers", String(workers));
  const child = spawn(process.execPath, [MAIN, "run", at("soak.yaml"), ...args], {
    stdio: ["ignore", printed.fd, printed.fd],
    env,
  });
  const over = new AbortController();
  const ended = once(child, "close").then(([code]) => {
    over.abort();
    return Number(code);
  });
  const end = (): Promise<number> => {
    // A run without a duration ends by this in good order.
    child.kill("SIGINT");
    return ended;
  };
  const interrupt = (): void => void end();
  stop.addEventListener("abort", interrupt, { once: true });
  return {
    emulator: emulator.info,
    over: over.signal,
    end,
    printedTail: async () => (await readFile(at("printed.txt"), "utf8")).slice(-TAIL_CHARACTERS),
    [Symbol.asyncDispose]: async () => {
      stop.removeEventListener("abort", interrupt);
      await end();
      await printed.close();
      await emulator.stop();
    },
  };
}
