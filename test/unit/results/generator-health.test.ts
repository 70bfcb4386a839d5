import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { GeneratorRecord } from "../../../src/metrics/generator/generator-record.ts";
import type { GeneratorSample } from "../../../src/metrics/generator/generator-sample.ts";
import type { ProcessHealth } from "../../../src/metrics/generator/process-health.ts";
import type { GeneratorHealth } from "../../../src/output/generator-summary.ts";
import { summarySchema } from "../../../src/output/summary-schema.ts";
import { generatorHealth } from "../../../src/results/generator-health.ts";
import { generatorMetrics } from "../../../src/results/generator-metrics.ts";
import { healthOf } from "../metrics/generator/healths.ts";

type Second = Partial<ProcessHealth> & {
  readonly machine?: number;
  readonly silentMs?: number;
  readonly supervisor?: Partial<ProcessHealth>;
};

const sampleOf = ({ machine = 0.5, silentMs, supervisor, ...worker }: Second): GeneratorSample => ({
  workers: [
    silentMs === undefined ? { worker: 0, ...healthOf(worker) } : { worker: 0, silentMs },
    { worker: 1, ...healthOf() },
  ],
  supervisor: healthOf(supervisor),
  machine: { spanMs: 1_000, cpuShare: machine },
});

const recordOf = (samples: readonly GeneratorSample[]): GeneratorRecord => {
  const record = new GeneratorRecord();
  samples.forEach((sample, index) => record.add(sample, 1_000 * (index + 1)));
  return record;
};

const aggregate = new Aggregate([]);

const judged = (record: GeneratorRecord): GeneratorHealth => {
  const health = generatorHealth({ generator: record, aggregate });
  if (health === null) throw new Error("something was measured");
  return health;
};

/** Seconds of worker 0, one after the other, judged; worker 1 does well all the time. */
const after = (...seconds: readonly Second[]): GeneratorHealth =>
  judged(recordOf(seconds.map(sampleOf)));

const times = (count: number, second: Second = {}): readonly Second[] =>
  Array.from({ length: count }, () => second);

const kinds = ({ reasons }: GeneratorHealth): readonly string[] => reasons.map(({ kind }) => kind);

test("a generator that keeps up is no limit", () => {
  const health = after(...times(60));
  expect(health).toMatchObject({ limited: false, reasons: [] });
  expect(health.workers).toHaveLength(2);
  expect(health.workers[0]?.cpuShare).toEqual({ mean: 0.1, peak: 0.1 });
});

test("where nothing was measured nothing is said", () => {
  expect(generatorHealth({ generator: new GeneratorRecord(), aggregate })).toBeNull();
  expect(generatorMetrics(null)).toMatchObject({ generator_limits: null, machine_cpu_share: null });
});

describe("a stall", () => {
  const stall = { t: 12_040, ms: 2_300 };

  test("is told with worker, time and length", () => {
    const { reasons } = after(...times(14), { lateMs: 2_200, stalls: [stall] });
    expect(reasons).toMatchObject([
      {
        kind: "stall",
        worker: 0,
        text: "the event loop of worker 0 stood still for 2.3 s at 12.0 s",
        fromMs: 12_040,
        toMs: 14_340,
        value: 2_300,
        limit: 1_000,
      },
    ]);
  });

  test("in the code of a model names it, and what to do there", () => {
    const { reasons } = after({ lateMs: 2_200, stalls: [{ ...stall, model: "slow-cave" }] });
    expect(reasons[0]?.text).toContain("in the code of model slow-cave");
    expect(reasons[0]?.mend).toContain("do less at once in model slow-cave");
  });

  test("is told once, the longest with the number of all", () => {
    const seconds = [1_100, 1_500, 1_200, 400].map((ms, index) => ({
      lateMs: ms - 100,
      stalls: [{ t: 1_000 * index, ms }],
    }));
    const [reason] = after(...seconds).reasons;
    expect(reason?.text).toBe(
      "the event loop of worker 0 stood still for 1.5 s at 1.0 s, the longest of 3 such times",
    );
  });

  test("below a second is none", () => {
    expect(kinds(after({ lateMs: 800, stalls: [{ t: 40, ms: 900 }] }, ...times(60)))).toEqual([]);
  });

  test("of the supervisor is told as its own", () => {
    const [reason] = after({ supervisor: { stalls: [stall] } }).reasons;
    expect(reason).toMatchObject({ kind: "stall", worker: null });
    expect(reason?.text).toContain("the supervisor stood still");
  });
});

test("a worker that told nothing until the end is told of; one that told again is not", () => {
  const silent = [{ silentMs: 1_000 }, { silentMs: 2_000 }, { silentMs: 3_000 }];
  expect(after(...times(2), ...silent).reasons).toMatchObject([
    {
      kind: "silent",
      fromMs: 2_000,
      toMs: 5_000,
      text: "worker 0 told nothing from 2.0 s on, for 3.0 s",
    },
  ]);
  expect(kinds(after(...times(2), ...silent, {}))).toEqual([]);
});

test("a worker whose part of a plan ended is not silent while others go on", () => {
  const ending = sampleOf({ silentMs: 100 });
  const others = { ...sampleOf({}), workers: [{ worker: 1, ...healthOf() }] };
  expect(kinds(judged(recordOf([sampleOf({}), ending, others, others, others])))).toEqual([]);
});

describe("what was due and late", () => {
  test("for a second in all and 1 % of the run is a limit", () => {
    const [reason] = after(...times(10, { lateMs: 110 }), ...times(50)).reasons;
    expect(reason).toMatchObject({
      kind: "late",
      value: 1_100,
      limit: 1_000,
      fromMs: 0,
      toMs: 10_000,
    });
    expect(reason?.text).toContain("for 1.1 s of 60.0 s");
  });

  test("for less than a second is none, however short the run", () => {
    expect(kinds(after({ lateMs: 900 }))).toEqual([]);
  });

  test("for less than 1 % of a long run is none", () => {
    expect(kinds(after(...times(5, { lateMs: 300 }), ...times(300)))).toEqual([]);
  });

  test("in stalls that are told themselves does not count again", () => {
    const stalls = [{ t: 0, ms: 3_100 }];
    expect(kinds(after({ lateMs: 3_000, stalls }, { lateMs: 500 }))).toEqual(["stall"]);
  });
});

describe("a full processor", () => {
  test("of a worker that is late is a limit, with when it was", () => {
    const seconds = [...times(3), ...times(6, { cpuMs: 980, lateMs: 120 }), ...times(3)];
    expect(after(...seconds).reasons).toMatchObject([
      { kind: "cpu", worker: 0, fromMs: 3_000, toMs: 9_000, value: 0.98, limit: 0.9 },
    ]);
  });

  test("of a worker that is not late is none", () => {
    expect(kinds(after(...times(20, { cpuMs: 1_300 })))).toEqual([]);
  });

  test("for less than 5 s is none", () => {
    expect(kinds(after(...times(4, { cpuMs: 1_000, lateMs: 190 }), ...times(9)))).toEqual([]);
  });

  test("of the machine is one if a worker is late", () => {
    expect(after(...times(6, { machine: 1, lateMs: 120 })).reasons).toMatchObject([
      { kind: "machine", worker: null, value: 1, limit: 0.95 },
    ]);
    expect(kinds(after(...times(20, { machine: 1 })))).toEqual([]);
  });

  test("of the machine has no mend in more workers", () => {
    const { reasons } = after(...times(12, { machine: 1, lateMs: 120 }));
    expect(reasons.map(({ kind }) => kind)).toEqual(["late", "machine"]);
    expect(new Set(reasons.map(({ mend }) => mend)).size).toBe(1);
    expect(reasons[0]?.mend).not.toContain("--workers");
  });

  test("of a machine is none for one hiccup of a worker", () => {
    const hiccup = { machine: 1, lateMs: 400, stalls: [{ t: 3_000, ms: 500 }] };
    expect(kinds(after(...times(3, { machine: 1 }), hiccup, ...times(9, { machine: 1 })))).toEqual(
      [],
    );
  });

  test("is none where a device model held the worker up", () => {
    const held = { machine: 1, cpuMs: 1_000, lateMs: 150, stalls: [{ t: 0, ms: 250, model: "m" }] };
    expect(kinds(after(...times(6, held)))).toEqual([]);
  });
});

test("garbage collections of more than a fifth of the time are a limit", () => {
  const gc = { major: { count: 4, ms: 150 }, minor: { count: 9, ms: 100 } };
  expect(after(...times(5, { gc })).reasons).toMatchObject([
    { kind: "gc", worker: 0, value: 0.25, limit: 0.2 },
  ]);
  expect(kinds(after(...times(5, { gc: { major: { count: 1, ms: 190 } } })))).toEqual([]);
});

test("a heap near where V8 gives up is a limit", () => {
  const [reason] = after({}, { heapUsedBytes: 1_850e6 }, {}).reasons;
  expect(reason).toMatchObject({
    kind: "heap",
    worker: 0,
    value: 0.925,
    fromMs: 1_000,
    toMs: 2_000,
  });
});

test("metrics are those of the worst worker, over its worst 5 s", () => {
  const seconds = [...times(5, { cpuMs: 800, rssBytes: 400e6 }), ...times(15)];
  expect(generatorMetrics(after(...seconds))).toEqual({
    generator_limits: 0,
    generator_cpu_share: 0.8,
    generator_gc_share: 0,
    generator_heap_share: 0.015,
    generator_rss_bytes: 400e6,
    machine_cpu_share: 0.5,
  });
});

const ms = fc.nat({ max: 5_000 });
const second: fc.Arbitrary<Second> = fc.record({
  spanMs: fc.integer({ min: 1, max: 5_000 }),
  cpuMs: ms,
  lateMs: ms,
  stalls: fc.array(fc.record({ t: ms, ms }), { maxLength: 2 }),
  machine: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("whatever was measured, the summary is one by its schema, and limited if and only if it says why", () => {
  fc.assert(
    fc.property(fc.array(second, { minLength: 1, maxLength: 40 }), (seconds) => {
      const health = after(...seconds);
      expect(() => summarySchema.shape.generator.parse(health)).not.toThrow();
      expect(health.limited).toBe(health.reasons.length > 0);
    }),
  );
});
