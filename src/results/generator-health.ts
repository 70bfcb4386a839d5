import { GENERATOR_LIMITS as LIMITS } from "../metrics/generator/generator-limits.ts";
import type { GeneratorRecord } from "../metrics/generator/generator-record.ts";
import { LATE_MS } from "../metrics/generator/process-health.ts";
import type { ProcessRecord } from "../metrics/generator/process-record.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { GeneratorHealth, GeneratorReason, ProcessUse } from "../output/generator-summary.ts";
import { mendOf } from "./generator-mends.ts";
import type { RunFacts } from "./run-facts.ts";

/**
 * Whether what ran the devices was the limit, and not what they were run against.
 *
 * @returns null where nothing was measured: the run came to no devices
 */
export function generatorHealth({
  generator: record,
  aggregate,
}: Pick<RunFacts, "generator" | "aggregate">): GeneratorHealth | null {
  if (record.toMs === 0) return null;
  const delaysOf = (worker: string): Percentiles =>
    aggregate.percentiles("generator_loop_delay_ms", { worker });
  const { workers, supervisor, machine } = record;
  const full = machineReasons(record);
  const reasons = [
    ...workers
      .flatMap(([worker, process]) => workerReasons(worker, process))
      .map((found) => (full.length > 0 ? onFullMachine(found) : found)),
    ...stallReasons(null, supervisor),
    ...heapReasons(null, supervisor),
    ...full,
  ];
  return {
    limited: reasons.length > 0,
    reasons,
    workers: workers.map(([worker, process]) => ({
      worker,
      ...useOf(process, delaysOf(String(worker))),
    })),
    supervisor: useOf(supervisor, delaysOf("supervisor")),
    machine: { cpuShare: machine.cpuShare },
  };
}

function useOf(process: ProcessRecord, delays: Percentiles): ProcessUse {
  const { cpuShare, gc, heap, peakRssBytes, late, stalls } = process;
  const { p50, p99, max } = delays;
  return {
    cpuShare,
    loopDelayMs: { p50, p99, max },
    lateMs: late.ms,
    stalls: stalls.count,
    gc: { share: gc.share, byKind: gc.use },
    peakHeapBytes: heap.peakBytes,
    peakHeapShare: heap.peakShare,
    peakRssBytes,
  };
}

function workerReasons(worker: number, process: ProcessRecord): GeneratorReason[] {
  return [
    ...stallReasons(worker, process),
    ...silentReasons(worker, process),
    ...lateReasons(worker, process),
    ...cpuReasons(worker, process),
    ...gcReasons(worker, process),
    ...heapReasons(worker, process),
  ];
}

type Worker = number | null;

const nameOf = (worker: Worker): string =>
  worker === null ? "the supervisor" : `worker ${worker}`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const between = (fromMs: number, toMs: number): string =>
  `between ${seconds(fromMs)} and ${seconds(toMs)}`;

function stallReasons(worker: Worker, { stalls }: ProcessRecord): GeneratorReason[] {
  const { longest, aboveLimit } = stalls;
  if (longest === undefined || longest.ms < LIMITS.stallMs) return [];
  const { t: fromMs, ms: value, model } = longest;
  const where = model === undefined ? "" : `, in the code of model ${model}`;
  const more = aboveLimit > 1 ? `, the longest of ${aboveLimit} such times` : "";
  const text = `the event loop of ${nameOf(worker)} stood still for ${seconds(value)} at ${seconds(fromMs)}${where}${more}`;
  const toMs = fromMs + value;
  const mend = mendOf("stall", model);
  return [{ kind: "stall", worker, text, mend, fromMs, toMs, value, limit: LIMITS.stallMs }];
}

function silentReasons(worker: number, { silence }: ProcessRecord): GeneratorReason[] {
  const limit = LIMITS.stallMs;
  if (silence === undefined || silence.toMs - silence.fromMs < limit) return [];
  const { fromMs, toMs } = silence;
  const text = `worker ${worker} told nothing from ${seconds(fromMs)} on, for ${seconds(toMs - fromMs)}`;
  const mend = mendOf("silent");
  return [{ kind: "silent", worker, text, mend, fromMs, toMs, value: toMs - fromMs, limit }];
}

function lateReasons(worker: number, { late, spanMs, above }: ProcessRecord): GeneratorReason[] {
  const value = late.outsideStallsMs;
  const limit = Math.max(LIMITS.lateMs, Math.round(LIMITS.lateShare * spanMs));
  const found = above.late.found;
  if (found === undefined || value < limit) return [];
  const { fromMs, toMs } = found;
  const text = `what was due at worker ${worker} waited more than ${LATE_MS} ms for its event loop for ${seconds(value)} of ${seconds(spanMs)}`;
  return [reason("late", worker, text, { fromMs, toMs, value }, limit)];
}

function cpuReasons(worker: number, { above }: ProcessRecord): GeneratorReason[] {
  const found = above.cpu.found;
  if (found === undefined) return [];
  const { value, fromMs, toMs } = found;
  const text = `worker ${worker} used ${percent(value)} of a core and was late, ${between(fromMs, toMs)}`;
  return [reason("cpu", worker, text, found, LIMITS.workerCpuShare)];
}

function gcReasons(worker: number, { above }: ProcessRecord): GeneratorReason[] {
  const found = above.gc.found;
  if (found === undefined) return [];
  const { value, fromMs, toMs } = found;
  const text = `worker ${worker} stood for garbage collections ${percent(value)} of the time ${between(fromMs, toMs)}`;
  return [reason("gc", worker, text, found, LIMITS.gcShare)];
}

function heapReasons(worker: Worker, { above }: ProcessRecord): GeneratorReason[] {
  const found = above.heap.found;
  if (found === undefined) return [];
  const text = `the heap of ${nameOf(worker)} was ${percent(found.value)} of what it may be`;
  return [reason("heap", worker, text, found, LIMITS.heapShare)];
}

function machineReasons({ machine }: GeneratorRecord): GeneratorReason[] {
  const found = machine.above;
  if (found === undefined) return [];
  const { value, fromMs, toMs } = found;
  const text = `all cores of the machine together were ${percent(value)} busy and workers late, ${between(fromMs, toMs)}`;
  return [reason("machine", null, text, found, LIMITS.machineCpuShare)];
}

/** More workers would share the same cores. */
const onFullMachine = (found: GeneratorReason): GeneratorReason =>
  found.kind === "late" || found.kind === "cpu" ? { ...found, mend: mendOf("machine") } : found;

const reason = (
  kind: GeneratorReason["kind"],
  worker: Worker,
  text: string,
  found: { readonly value: number; readonly fromMs: number; readonly toMs: number },
  limit: number,
): GeneratorReason => {
  const value = Math.round(found.value * 1_000) / 1_000;
  return { kind, worker, text, mend: mendOf(kind), ...found, value, limit };
};
