import type { Summary } from "../output/summary.ts";

/** Metrics of the catalogue that follow from how the generator did; null = nobody measured it. */
export function generatorMetrics(
  generator: Summary["generator"],
): Readonly<Record<`generator_${string}` | "machine_cpu_share", number | null>> {
  const workers = generator?.workers ?? [];
  const most = (valueOf: (worker: (typeof workers)[number]) => number): number | null =>
    workers.length === 0 ? null : Math.max(...workers.map(valueOf));
  return {
    generator_limits: generator?.reasons.length ?? null,
    generator_cpu_share: most(({ cpuShare }) => cpuShare.peak),
    generator_gc_share: most(({ gc }) => gc.share.peak),
    generator_heap_share: most(({ peakHeapShare }) => peakHeapShare),
    generator_rss_bytes: most(({ peakRssBytes }) => peakRssBytes),
    machine_cpu_share: generator?.machine.cpuShare.peak ?? null,
  };
}
