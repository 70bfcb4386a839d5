import type { GeneratorSample } from "../../metrics/generator/generator-sample.ts";

/** How the generator did in a span of the run; shares are of one core, or of all cores of the machine. */
export interface GeneratorSpan {
  readonly spanMs: number;
  /** The longest that anything due waited for the event loop of any worker, in ms; null where no worker told. */
  readonly workersDelayMs: number | null;
  readonly supervisorDelayMs: number;
  /** Of the worker that used most. */
  readonly workerCpuShare: number | null;
  readonly machineCpuShare: number;
}

const most = (values: readonly (number | null)[]): number | null =>
  values.reduce((high, value) => (high === null || (value ?? 0) > high ? value : high), null);

/** One sample as a span. */
export function generatorSpan({ workers, supervisor, machine }: GeneratorSample): GeneratorSpan {
  const told = workers.flatMap((worker) => ("silentMs" in worker ? [] : [worker]));
  return {
    spanMs: machine.spanMs,
    workersDelayMs: most(told.map(({ loopMaxMs }) => loopMaxMs)),
    supervisorDelayMs: supervisor.loopMaxMs,
    workerCpuShare: most(told.map(({ cpuMs, spanMs }) => (spanMs === 0 ? null : cpuMs / spanMs))),
    machineCpuShare: machine.cpuShare,
  };
}

/** Two spans that follow each other: the worst of both, and the machine's mean. */
export function joinedSpan(
  first: GeneratorSpan | null,
  next: GeneratorSpan | null,
): GeneratorSpan | null {
  if (first === null || next === null) return first ?? next;
  const spanMs = first.spanMs + next.spanMs;
  const busyMs = first.machineCpuShare * first.spanMs + next.machineCpuShare * next.spanMs;
  return {
    spanMs,
    workersDelayMs: most([first.workersDelayMs, next.workersDelayMs]),
    supervisorDelayMs: Math.max(first.supervisorDelayMs, next.supervisorDelayMs),
    workerCpuShare: most([first.workerCpuShare, next.workerCpuShare]),
    machineCpuShare: spanMs === 0 ? next.machineCpuShare : busyMs / spanMs,
  };
}
