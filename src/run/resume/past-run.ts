import { join, resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import type { Aggregate } from "../../metrics/aggregate.ts";
import type { PlannedDevice } from "../../metrics/device-row.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { cutToLines } from "../../output/file-lines.ts";
import type { RunEvent } from "../../output/output.ts";
import { readRunEvents } from "../../report/read-run-events.ts";
import type { RecordedPast } from "../../report/recorded-run.ts";
import { RunRecorded } from "../../report/recorded-run.ts";
import { fromJournalRow } from "../journal/journal-row.ts";
import type { JournalState } from "../journal/journal-state.ts";
import { isAlive } from "../journal/process-mark.ts";
import { JOURNAL, readJournal } from "../journal/read-journal.ts";
import { RunAccounts } from "../run-accounts.ts";
import { whyNotResumed } from "./resumable.ts";

/** What a run that goes on begins with. */
export interface PastRun {
  /** Of the run, absolute. */
  readonly dir: string;
  /** How the run was asked for. */
  readonly asked: NonNullable<JournalState["run"]>;
  readonly journal: JournalState;
  readonly record: RecordedPast;
  readonly plan: RunEvent & { readonly type: "plan" };
  /** What all listeners were told at its start. */
  readonly head: readonly RunEvent[];
  /** What was told of enrollments. */
  readonly enrolled: readonly RunEvent[];
  /** What the timeline did, and who followed. */
  readonly timeline: readonly RunEvent[];
  /** By all its events so far. */
  readonly accounts: RunAccounts;
}

/** No worker has this number. */
const PAST = -2;

/**
 * Reads what a run left that was cut short.
 *
 * @param shown its folder as the user wrote it
 * @throws {FleetError} `USAGE` where there is nothing to go on with, or it is still going on; `FILE_INVALID` where journal
 *   or record hold something else
 */
export async function readPastRun(
  shown: string,
  { cwd, version }: { readonly cwd: string; readonly version: string },
): Promise<PastRun> {
  const dir = resolve(cwd, shown);
  const record = join(dir, "run.ndjson");
  const journal = await readJournal(join(dir, JOURNAL), join(shown, JOURNAL));
  if (journal?.run === undefined) {
    throw notResumed(shown, `expected a run's ${JOURNAL}, found none`, {
      hint: "a run that came to its end leaves none; report DIR makes its results again",
    });
  }
  const { run: asked, life } = journal;
  if (life?.process !== undefined && (await isAlive(life.process))) {
    throw notResumed(shown, `it is still going on, as process ${life.process.pid}`, {
      hint: "end that process first, by Ctrl-C or kill",
    });
  }
  if (asked.version !== version) {
    throw notResumed(shown, `expected a run of version ${version}, got one of ${asked.version}`, {
      hint: "resume it with the version that began it",
    });
  }
  const past = await readRecord(record, join(shown, "run.ndjson"));
  const why = whyNotResumed(past.record);
  if (why === undefined) return { dir, asked, journal, ...past };
  throw notResumed(shown, why, { hint: "run its scenario anew" });
}

async function readRecord(
  file: string,
  shown: string,
): Promise<Pick<PastRun, "record" | "plan" | "head" | "enrolled" | "timeline" | "accounts">> {
  const recorded = new RunRecorded();
  const accounts = new RunAccounts();
  const head: RunEvent[] = [];
  const enrolled: RunEvent[] = [];
  const timeline: RunEvent[] = [];
  let plan: PastRun["plan"] | undefined;
  try {
    cutToLines(file);
  } catch {
    // What is wrong with it the reader tells.
  }
  for await (const event of readRunEvents(file, shown)) {
    recorded.apply(event);
    accounts.observe(event);
    if (event.type === "plan") plan = event;
    if (event.type === "enrollment" || event.type === "individualEnrollments") enrolled.push(event);
    if (isHead(event)) head.push(event);
    if (isOfTimeline(event)) timeline.push(event);
  }
  // The reader lets nothing stand before it.
  if (plan === undefined) throw new TypeError("a record without a plan");
  return { record: recorded.past(), plan, head, enrolled, timeline, accounts };
}

const isHead = ({ type }: RunEvent): boolean =>
  type === "plan" || type === "configuration" || type === "fleet" || type === "begin";

const isOfTimeline = ({ type }: RunEvent): boolean =>
  type === "action" || type === "twinPatch" || type === "desired" || type === "reported";

const notResumed = (
  place: string,
  message: string,
  options: { readonly hint: string },
): FleetError =>
  new FleetError("USAGE", "this run cannot be resumed", {
    ...options,
    problems: [{ place, message }],
  });

/** Puts into a fresh aggregate what was told before; rows and counters as the journal has them, times as the record has. */
export function restoreAggregate(
  aggregate: Aggregate,
  { journal, record }: Pick<PastRun, "journal" | "record">,
  devices: readonly PlannedDevice[],
): void {
  const models = new Map(devices.map(({ registrationId, model }) => [registrationId, model]));
  const nothing: Omit<Snapshot, "worker" | "boot" | "resources"> = {
    sequence: 1,
    counters: {},
    histograms: {},
    devices: [],
    events: [],
    messages: [],
  };
  for (const { worker, boot, cpuS, rssBytes } of journal.lives) {
    aggregate.add({ ...nothing, worker, boot, resources: { cpuS, rssBytes } });
  }
  aggregate.add({
    ...nothing,
    worker: PAST,
    boot: 1,
    counters: journal.counters,
    histograms: record.histograms,
    perSecond: record.perSecond,
    devices: journal.rows.map((row) => fromJournalRow(row, models.get(row.id) ?? "")),
    events: record.alerts,
    resources: { cpuS: 0, rssBytes: 0 },
  });
}
