import type { FleetError } from "../base/errors.ts";
import type { AbortedBy } from "../metrics/abort-watch.ts";
import type { Aggregate } from "../metrics/aggregate.ts";
import type { LedgerResult } from "../output/ledger.ts";
import type { GeneratorRecord } from "../metrics/generator/generator-record.ts";
import type { TwinActionAccount, WorkerAccount } from "../output/output.ts";
import type { TwinFindings } from "../output/twin-summary.ts";
import type { Summary } from "../output/summary.ts";

/** How a run came to its end. */
export interface RunEnd {
  /** Stopped before its time; a run without a duration is not. */
  readonly interrupted: boolean;
  /** A run without a duration was stopped while devices were still on their way. */
  readonly stoppedArriving: boolean;
  /** What broke it off, if anything did. */
  readonly failure: FleetError | undefined;
  /** The threshold that ended it before its time, if one did. */
  readonly aborted: AbortedBy | undefined;
}

/** Everything that a run is judged by; a live run and a recorded one give the same. */
export interface RunFacts {
  readonly run: Summary["run"];
  /** Expressions that `parseThreshold` understands. */
  readonly thresholds: readonly string[];
  /** Whether devices ask DPS for their hub, or brought it along. */
  readonly asksDps: boolean;
  readonly end: RunEnd;
  /** null where the plan said when devices start. */
  readonly arrival: Summary["arrival"];
  /** What people asked for by hand. */
  readonly control: Summary["control"];
  readonly aggregate: Aggregate;
  readonly timeline: Summary["timeline"];
  /** Devices whose twins did not come along. */
  readonly twins: TwinFindings;
  readonly actions: readonly TwinActionAccount[];
  /** null where ingestion cannot be read. */
  readonly ledger: LedgerResult | null;
  readonly workers: WorkerAccount;
  readonly generator: GeneratorRecord;
  /** Names of result files that were not whole by then. */
  readonly lostFiles: readonly string[];
  /** --strict: what makes the figures less than what was asked for fails the run. */
  readonly strict: boolean;
}
