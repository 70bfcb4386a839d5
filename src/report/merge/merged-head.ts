import { fleetEvents } from "../../output/device-lines.ts";
import type { RunEvent } from "../../output/output.ts";
import type { CheckedPart } from "./check-parts.ts";
import type { Of } from "./part.ts";

/**
 * What a run of the whole plan would have told before its devices started: the plan and what it is of, its fleet in the
 * order of the plan, what was enrolled, time 0.
 *
 * @param timeZeroMs of all, ms since 1970; undefined = no part came so far
 */
export function* mergedHead(
  parts: readonly CheckedPart[],
  timeZeroMs: number | undefined,
): Generator<RunEvent> {
  const first = earliest(parts);
  yield {
    ...first.plan,
    runId: mergedRunId(parts),
    devices: sum(parts.map(({ plan }) => plan.devices)),
    arrivalEndMs: latest(parts.map(({ plan }) => plan.arrivalEndMs)),
    workers: sum(parts.map(({ plan }) => plan.workers)),
    strict: parts.some(({ plan }) => plan.strict),
    shard: null,
    merged: { parts: parts.map(({ shard }) => shard.index), of: first.shard.of },
  };
  if (first.configuration !== undefined) yield first.configuration;
  yield* fleetEvents(inPlanOrder(parts, ({ fleet }) => fleet));
  yield* enrollments(parts);
  yield* individuals(parts);
  if (timeZeroMs !== undefined) {
    yield { type: "begin", t: 0, at: new Date(timeZeroMs).toISOString() };
  }
}

/** As one run of all parts would be called. */
export const mergedRunId = (parts: readonly CheckedPart[]): string =>
  earliest(parts).plan.runId.replace(/-\d+-of-\d+$/, "");

function earliest(parts: readonly CheckedPart[]): CheckedPart {
  const [first] = parts.toSorted((a, b) => a.plan.startedAt.localeCompare(b.plan.startedAt));
  if (first === undefined) throw new TypeError("no part was given");
  return first;
}

/** What each part has of its devices, in the order of the whole plan: they were dealt out one by one. */
export function inPlanOrder<Item>(
  parts: readonly CheckedPart[],
  of: (part: CheckedPart) => readonly Item[],
): readonly Item[] {
  return parts
    .flatMap((part) =>
      of(part).map((item, at) => ({ item, index: at * part.shard.of + part.shard.index })),
    )
    .toSorted((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** One part may have made what the others found. */
function* enrollments(parts: readonly CheckedPart[]): Generator<Of<"enrollment">> {
  const all = parts.flatMap((part) => part.enrollments);
  for (const place of new Set(all.map(placeOf))) {
    const same = all.filter((event) => placeOf(event) === place);
    const event = same.find(({ done }) => done === "created") ?? same[0];
    if (event !== undefined) yield event;
  }
}

function* individuals(parts: readonly CheckedPart[]): Generator<Of<"individualEnrollments">> {
  const all = parts.flatMap((part) => part.individuals);
  for (const dps of new Set(all.map((event) => event.dps))) {
    const same = all.filter((event) => event.dps === dps);
    yield {
      type: "individualEnrollments",
      t: 0,
      dps,
      created: same.flatMap(({ created }) => created),
      kept: sum(same.map(({ kept }) => kept)),
      ownEmulator: same.every(({ ownEmulator }) => ownEmulator),
    };
  }
}

/** null where one of them is: the services decided. */
const latest = (ends: readonly (number | null)[]): number | null =>
  ends.includes(null) ? null : Math.max(...ends.map((ms) => ms ?? 0));

const placeOf = ({ dps, group }: Of<"enrollment">): string => JSON.stringify([dps, group]);

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
