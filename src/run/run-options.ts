import type { LogLevel } from "../base/log.ts";
import type { ResourceUse } from "../metrics/generator/process-probe.ts";
import type { Output } from "../output/output.ts";
import type { RunConsole } from "../output/run-console.ts";
import type { Shard } from "../plan/plan-part.ts";
import type { CaPassphrase } from "../pki/ca-signer.ts";
import type { Overrides } from "../scenario/overrides.ts";
import type { DialRule } from "../base/dial.ts";
import type { ExportWishes } from "../telemetry-export/open-telemetry-export.ts";

/** Options by their names, as the command line or the environment has them. */
export type AskedFlags = Readonly<Record<string, string | boolean | readonly string[]>>;

/** What the command line says of a run; all paths as typed, relative to `RunContext.cwd`. */
export interface RunOptions {
  readonly scenarioFile: string;
  readonly overrides: Overrides;
  /** Settings that win over `scenario.durationMs`; null = until stopped. */
  readonly demoDurationMs?: number | null | undefined;
  readonly seed: number;
  /** Output of `emulator --json`; undefined = the run starts its own. */
  readonly emulatorFile?: string | undefined;
  readonly certsDir: string;
  readonly outDir?: string | undefined;
  readonly saveMessages: boolean;
  readonly connectTo: readonly DialRule[];
  readonly caFile?: string | undefined;
  readonly workers: "auto" | number;
  /** The part of the plan that this run does; undefined = all of it. */
  readonly shard?: Shard | undefined;
  /** When time 0 is, ms since 1970; undefined = once all is set up. */
  readonly startAtMs?: number | undefined;
  /** Who else gets the metrics while it runs. */
  readonly exports?: ExportWishes | undefined;
  /** Whether people can steer it while it goes on; default true. */
  readonly control?: boolean | undefined;
  /** What could not be measured, or not by a generator that kept up, fails the run. */
  readonly strict: boolean;
  /** Nothing is asked. */
  readonly yes: boolean;
  readonly logLevel: LogLevel;
  /** What the user said of the run, as typed: whoever resumes it says it again. Nothing in it is secret. */
  readonly asked?: AskedFlags | undefined;
}

/** What a run needs of the machine. */
export interface RunContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  /** ms since 1970, monotonic within the process: a step of the machine's clock must not move the run's end. */
  readonly wallMs: () => number;
  /** Uniform in [0, 1); only for the jitter of restarts, never for devices. */
  readonly random: () => number;
  readonly cores: number;
  /** What this process has used so far. */
  readonly resources: () => ResourceUse;
  /** Of this process. */
  readonly pid: number;
  readonly execPath: string;
  readonly mainFile: string;
  readonly workerFile: string;
  readonly version: string;
  readonly console: RunConsole;
  /** Listeners beside `run.ndjson`. */
  readonly outputs: readonly Output[];
  /** Log lines go here; undefined = to `run.log` in the run's folder. */
  readonly log?: ((text: string) => void) | undefined;
  /** Aborts when the user wants an orderly end. */
  readonly stop: AbortSignal;
  /** Aborts when the user wants it now. */
  readonly force: AbortSignal;
  /** Asks a yes-no question; undefined where nobody can answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** The passphrase of a CA's key that is encrypted and has to sign; undefined = nobody knows it. */
  readonly passphraseOf?: CaPassphrase | undefined;
}
