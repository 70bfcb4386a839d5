/**
 * When the generator was the limit of a run, and not what it tested. Each limit says something of the latencies that
 * were measured: a full machine on which nothing due had to wait is none.
 */
export const GENERATOR_LIMITS = {
  /** A process that stood still for as long, in ms: what was due in that time has a latency of up to as much. */
  stallMs: 1_000,
  /**
   * Time in which what was due waited more than `LATE_MS` for a worker's event loop, as a share of the run, stalls told
   * by themselves aside: from 1 % on it moves p(99). In a short run that would be a single hiccup, so it must be as long
   * as `lateMs`, too.
   */
  lateShare: 0.01,
  lateMs: 1_000,
  /**
   * Of `windowMs`, from which on a worker counts as late in it: more than one hiccup of half a second. What was late for
   * a model's code alone does not count.
   */
  lateShareOfWindow: 0.1,
  /** Of one core, by a worker, over `windowMs`, if it was late in it: an event loop has no second core. */
  workerCpuShare: 0.9,
  /** Of all cores, by anybody, over `windowMs`, if a worker was late in it. */
  machineCpuShare: 0.95,
  /** Of the time over `windowMs`, in which a worker's event loop stood for garbage collections. */
  gcShare: 0.2,
  /** Of the heap that V8 allows: soon it collects all the time, and then gives up. */
  heapShare: 0.9,
  /** Shorter bursts, such as a burst of handshakes, are what event loops are for. */
  windowMs: 5_000,
} as const;
