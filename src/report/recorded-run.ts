import { join } from "node:path";

import { FleetError } from "../base/errors.ts";
import { Aggregate } from "../metrics/aggregate.ts";
import { GeneratorRecord } from "../metrics/generator/generator-record.ts";
import { SecondNews } from "../metrics/second-counts.ts";
import { HistogramSet } from "../metrics/histogram-set.ts";
import type { DeviceEvent } from "../metrics/device-event.ts";
import type { DeviceRow } from "../metrics/device-row.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { LedgerResult } from "../output/ledger.ts";
import type { Output, RunEvent } from "../output/output.ts";
import { ArrivalAccount } from "../results/arrival-account.ts";
import { TimelineAccount } from "../results/timeline-account.ts";
import { TwinAccount } from "../results/twin-account.ts";
import { ControlAccount } from "../results/control-account.ts";
import type { RunFacts } from "../results/run-facts.ts";
import { readRunEvents } from "./read-run-events.ts";
import { RowsSoFar } from "./rows-so-far.ts";

type Of<Type extends RunEvent["type"]> = RunEvent & { readonly type: Type };

/** What a run recorded, put together again. */
export interface RecordedRun {
  readonly plan: Of<"plan">;
  readonly facts: RunFacts;
  /** False where the record ends early: the run was killed, or its disk was full. What came later is not known. */
  readonly isWhole: boolean;
}

/** What a record has of a run that is to go on. */
export interface RecordedPast {
  /** The last time that anything was told of, ms after time 0. */
  readonly t: number;
  /** Whether devices had started. */
  readonly hasBegun: boolean;
  /** How it ended; undefined = it was killed. */
  readonly end: Of<"end"> | undefined;
  readonly histograms: Snapshot["histograms"];
  readonly perSecond: Snapshot["perSecond"];
  /** What happened to alerts, in its order. */
  readonly alerts: readonly DeviceEvent[];
  readonly generator: GeneratorRecord;
  readonly workers: { readonly lost: number; readonly restarted: number };
}

/**
 * Reads the folder of a run.
 *
 * @param dir absolute
 * @param shown its path as the user wrote it
 * @param listener gets every event too
 * @throws {FleetError} `FILE_INVALID` with the line, where there is no record or it holds something else
 */
export async function readRecordedRun(
  dir: string,
  shown: string,
  listener?: Pick<Output, "emit">,
): Promise<RecordedRun> {
  const record = new RunRecorded();
  for await (const event of readRunEvents(join(dir, "run.ndjson"), join(shown, "run.ndjson"))) {
    record.apply(event);
    listener?.emit(event);
  }
  return record.result();
}

/** Takes the events of a run, in their order; what a run that was resumed told of its end before counts no more. */
export class RunRecorded {
  #plan: Of<"plan"> | undefined;
  #end: Of<"end"> | undefined;
  #ledger: LedgerResult | null = null;
  #t = 0;
  #counters: Snapshot["counters"] = {};
  readonly #histograms = new HistogramSet();
  readonly #seconds = new SecondNews();
  readonly #alerts: DeviceEvent[] = [];
  readonly #soFar = new RowsSoFar();
  readonly #arrival = new ArrivalAccount();
  readonly #timeline = new TimelineAccount();
  readonly #control = new ControlAccount();
  readonly #twins = new TwinAccount();
  #rows: DeviceRow[] = [];
  readonly #generator = new GeneratorRecord();
  readonly #workers = { lost: 0, restarted: 0 };
  /** Workers that were lost and have not come back. */
  readonly #lost = new Set<number>();
  #hasBegun = false;
  #resumed = false;

  apply(event: RunEvent): void {
    this.#t = Math.max(this.#t, event.t);
    this.#soFar.apply(event);
    this.#arrival.observe(event);
    this.#timeline.observe(event);
    this.#control.observe(event);
    this.#twins.observe(event);
    if (event.type === "plan") this.#plan = event;
    else if (event.type === "snapshot") this.#snapshot(event);
    else if (event.type === "alert") this.#alerts.push(event);
    else if (event.type === "worker") this.#worker(event);
    else if (event.type === "devices") this.#devices(event);
    else if (event.type === "ledger") this.#ledger = event.ledger;
    else if (event.type === "end") this.#end = event;
    else if (event.type === "begin") this.#hasBegun = true;
    else if (event.type === "resume") this.#resume();
  }

  /** What a run that goes on from here begins with. */
  past(): RecordedPast {
    return {
      t: this.#t,
      hasBegun: this.#hasBegun,
      end: this.#end,
      histograms: this.#histograms.take(),
      perSecond: this.#seconds.take(),
      alerts: this.#alerts,
      generator: this.#generator,
      workers: this.#workers,
    };
  }

  #resume(): void {
    this.#resumed = true;
    this.#end = undefined;
    this.#ledger = null;
    this.#rows = [];
    this.#lost.clear();
  }

  #snapshot({ t, counters, histograms, perSecond, generator }: Of<"snapshot">): void {
    if (generator !== undefined) this.#generator.add(generator, t);
    this.#counters = counters;
    this.#histograms.add(histograms);
    if (perSecond !== undefined) this.#seconds.merge(perSecond);
  }

  #worker({ worker, state }: Of<"worker">): void {
    if (state === "lost") {
      this.#workers.lost += 1;
      this.#lost.add(worker);
    }
    if (state === "ready" && this.#lost.delete(worker)) this.#workers.restarted += 1;
  }

  #devices({ rows }: Of<"devices">): void {
    this.#rows.push(...rows.map((row) => ({ ...row, ackedSeqs: [], failedSeqs: [] })));
  }

  result(): RecordedRun {
    const plan = this.#plan;
    // The reader lets nothing stand before it.
    if (plan === undefined) throw new TypeError("a record without a plan");
    const end = this.#end;
    const failure = end?.failure ?? undefined;
    const facts: RunFacts = {
      run: {
        id: plan.runId,
        scenario: plan.scenario,
        seed: plan.seed,
        target: plan.target,
        startedAt: plan.startedAt,
        durationS: Math.round(end?.t ?? this.#t) / 1_000,
        version: plan.version,
        shard: plan.shard,
        planFingerprint: plan.planFingerprint,
        merged: plan.merged,
        resumed: this.#resumed,
      },
      thresholds: plan.thresholds,
      asksDps: plan.asksDps,
      end: {
        interrupted: end?.interrupted ?? true,
        stoppedArriving: end?.stoppedArriving ?? false,
        failure:
          failure === undefined
            ? undefined
            : new FleetError(failure.code, failure.message, failure),
        aborted: end?.aborted ?? undefined,
      },
      arrival: this.#arrival.result(),
      control: this.#control.results(),
      aggregate: this.#aggregate(),
      timeline: this.#timeline.results(),
      twins: this.#twins.result(),
      actions: end?.actions ?? [],
      ledger: this.#ledger,
      workers: end?.workers ?? { planned: plan.workers, ...this.#workers, gone: 0 },
      generator: this.#generator,
      lostFiles: end?.lostFiles ?? [],
      strict: plan.strict,
    };
    return { plan, facts, isWhole: end !== undefined };
  }

  #aggregate(): Aggregate {
    const rows = this.#end === undefined ? this.#soFar.all() : this.#rows;
    const aggregate = new Aggregate(rows);
    const { cpuS, peakRssBytes: rssBytes } = this.#end?.resources ?? { cpuS: 0, peakRssBytes: 0 };
    aggregate.add({
      worker: 0,
      boot: 1,
      sequence: 1,
      counters: this.#counters,
      histograms: this.#histograms.take(),
      perSecond: this.#seconds.take(),
      devices: rows,
      events: this.#alerts,
      messages: [],
      resources: { cpuS, rssBytes },
    });
    return aggregate;
  }
}
