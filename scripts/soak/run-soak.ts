import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { faultsOf } from "./emulator-faults.ts";
import type { ProcessSeries } from "./judge-soak.ts";
import { listenForProbes } from "./probes.ts";
import { soakInRounds } from "./rounds.ts";
import { RunRecord } from "./run-record.ts";
import type { SoakOptions } from "./soak-options.ts";
import { startRun } from "./start-run.ts";
import { Watch } from "./watch.ts";

/** What a soak saw. */
export interface Soaked {
  readonly exitCode: number;
  /** Of each process. */
  readonly series: readonly ProcessSeries[];
  /** Looks, as times after time 0 in ms, for which the fleet never was whole and at rest. */
  readonly missedMs: readonly number[];
  /** Connections that came after a device's first. */
  readonly reconnects: number;
  /** Folder of the run's results. */
  readonly out: string;
  /** The end of what the run printed. */
  readonly printedTail: string;
}

/** Runs a fleet as users do, and looks into its processes; a run that fails is told by its exit code. */
export async function runSoak(
  options: SoakOptions,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<Soaked> {
  const out = resolve(options.out ?? join("runs", `soak-${Date.now()}`));
  if (options.heapSnapshots !== undefined) await mkdir(options.heapSnapshots, { recursive: true });
  const dir = await mkdtemp(join(tmpdir(), "dps-fleet-soak-"));
  try {
    return await soakIn(dir, out, options, tell, stop);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function soakIn(
  dir: string,
  out: string,
  options: SoakOptions,
  tell: (text: string) => void,
  stop: AbortSignal,
): Promise<Soaked> {
  const socket = join(dir, "socket");
  await using probes = await listenForProbes(socket);
  await using run = await startRun(options, { dir, socket, out }, tell, stop);
  const { over } = run;
  const record = new RunRecord(join(out, "run.ndjson"));
  const watch = new Watch({
    options,
    record,
    probes: probes.found,
    tell: (text) => tell(`${clockText(record.t)}  ${text}`),
    over,
  });
  const inject = await faultsOf(run.emulator);
  await soakInRounds(options, { record, watch, inject, over });
  const exitCode = await run.end();
  await record.read();
  const { reconnects = 0 } = record.snapshot ?? {};
  const { series, missedMs } = watch;
  return { exitCode, series, missedMs, reconnects, out, printedTail: await run.printedTail() };
}

function clockText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`.padStart(7);
}
