import { divergenceInWhole } from "./divergence-in-whole.ts";
import { join } from "node:path";

import type { DeviceRow } from "../../metrics/device-row.ts";
import { devicesEvents } from "../../output/device-lines.ts";
import type { RunEvent } from "../../output/output.ts";
import { readRunEvents } from "../read-run-events.ts";
import type { CheckedPart } from "./check-parts.ts";
import { inTime } from "./in-time.ts";
import { mergedActions } from "./merged-actions.ts";
import { mergedEnd, mergedLedger } from "./merged-end.ts";
import { inPlanOrder, mergedHead } from "./merged-head.ts";
import { MergedArrival } from "./merged-arrival.ts";
import { MergedSnapshots } from "./merged-snapshots.ts";
import type { PlaceInWhole } from "./snapshot-in-whole.ts";
import { snapshotInWhole } from "./snapshot-in-whole.ts";

/**
 * The record that one run of all parts would have left, without its summary: events in the order of their time, which
 * counts from the earliest time 0 of a part; workers with numbers of their own; sums where each part told its own.
 *
 * @param parts by their numbers
 */
export async function* mergedEvents(parts: readonly CheckedPart[]): AsyncGenerator<RunEvent> {
  const timeZeroMs = earliestBegin(parts);
  const moved = parts.map((part, at) => ({
    part,
    shiftMs: part.beginMs === undefined ? 0 : part.beginMs - (timeZeroMs ?? part.beginMs),
    firstWorker: parts.slice(0, at).reduce((sum, { plan }) => sum + plan.workers, 0),
  }));
  yield* mergedHead(parts, timeZeroMs);
  const actions = mergedActions(
    moved.map(({ part, shiftMs }) =>
      part.actions.map((event) => ({ ...event, t: event.t + shiftMs })),
    ),
  );
  const snapshots = new MergedSnapshots(parts.map(({ plan }) => plan.devices));
  const arrival = new MergedArrival(parts.length);
  const streams = [...moved.map(eventsOf), listed(actions)];
  for await (const { event, stream } of inTime<RunEvent>(streams)) {
    if (event === undefined) {
      if (stream < parts.length) yield* snapshots.end(stream);
    } else if (event.type === "snapshot") {
      yield* snapshots.add(stream, event);
    } else if (event.type === "arrival") {
      yield* arrival.add(stream, event);
    } else {
      yield event;
    }
  }
  const endMs = moved.map(({ part, shiftMs }) => part.facts.run.durationS * 1_000 + shiftMs);
  const t = Math.round(Math.max(...endMs));
  const rows = new Map(moved.map((each) => [each.part, rowsOf(each)]));
  yield* devicesEvents(
    inPlanOrder(parts, (part) => rows.get(part) ?? []),
    t,
  );
  yield { type: "ledger", t, ledger: mergedLedger(parts.map(({ facts }) => facts.ledger)) };
  yield mergedEnd(parts, t);
}

/** A part with its place in the whole. */
interface Moved extends PlaceInWhole {
  readonly part: CheckedPart;
}

const rowsOf = ({ part, firstWorker }: Moved): readonly DeviceRow[] =>
  part.facts.aggregate.rows().map((row) => ({ ...row, worker: row.worker + firstWorker }));

function earliestBegin(parts: readonly CheckedPart[]): number | undefined {
  const begins = parts.flatMap(({ beginMs }) => beginMs ?? []);
  return begins.length === 0 ? undefined : Math.min(...begins);
}

/** What a part tells that the whole tells as well, as the whole tells it. */
async function* eventsOf({ part, shiftMs, firstWorker }: Moved): AsyncGenerator<RunEvent> {
  let hasBegun = false;
  for await (const event of readRunEvents(join(part.dir, "run.ndjson"), part.shown)) {
    hasBegun ||= event.type === "begin";
    // What was before has the time 0, whenever that was.
    const t = hasBegun ? event.t + shiftMs : event.t;
    switch (event.type) {
      case "plan":
      case "configuration":
      case "fleet":
      case "enrollment":
      case "individualEnrollments":
      case "begin":
      case "action":
      case "devices":
      case "ledger":
      case "end":
      case "summary":
        break;
      case "worker":
        yield { ...event, t, worker: event.worker + firstWorker };
        break;
      case "snapshot":
        yield snapshotInWhole(event, { shiftMs: t - event.t, firstWorker });
        break;
      case "divergence":
        yield divergenceInWhole(event, t - event.t);
        break;
      case "resume":
      case "arrival":
      case "control":
      case "state":
      case "registration":
      case "throttled":
      case "connection":
      case "disconnection":
      case "desired":
      case "settled":
      case "oracle":
      case "desiredDropped":
      case "desiredMissed":
      case "reported":
      case "certificate":
      case "model":
      case "alert":
      case "fault":
      case "cloudMessage":
      case "method":
      case "error":
      case "twinPatch":
      case "methodCall":
        yield { ...event, t };
        break;
      default:
        event satisfies never;
    }
  }
}

// oxlint-disable-next-line typescript/require-await -- a list among streams
async function* listed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
