import { LatencyHistogram } from "../../metrics/histogram.ts";
import type { EncodedHistogram } from "../../metrics/snapshot.ts";
import type { TwinActionAccount } from "../../output/output.ts";
import { byMostMissed, byWorstStraggler, DEVICES_LISTED } from "../../output/twin-action-order.ts";

type Count = {
  [Name in keyof TwinActionAccount]: TwinActionAccount[Name] extends number ? Name : never;
}[keyof TwinActionAccount];

/**
 * The twin actions of all parts as one. Every part has every action of the timeline, in one order; one that was killed has
 * none. The first of all that are listed by name are among the first of each part.
 */
export function mergedTwinActions(
  parts: readonly (readonly TwinActionAccount[])[],
): readonly TwinActionAccount[] {
  const [longest = []] = parts.toSorted((a, b) => b.length - a.length);
  return longest.map(({ action, name, at, mode, rounds }) =>
    merged(
      { action, name, at, mode, rounds },
      parts.flatMap((accounts) => accounts.filter((account) => account.action === action)),
    ),
  );
}

function merged(
  which: Pick<TwinActionAccount, "action" | "name" | "at" | "mode" | "rounds">,
  told: readonly TwinActionAccount[],
): TwinActionAccount {
  const total = (name: Count): number => told.reduce((sum, account) => sum + account[name], 0);
  const times = (name: keyof TwinActionAccount["times"]): EncodedHistogram => {
    const all = new LatencyHistogram();
    for (const account of told) all.merge(account.times[name]);
    return all.encode();
  };
  return {
    ...which,
    roundsBegun: Math.max(...told.map(({ roundsBegun }) => roundsBegun)),
    selected: total("selected"),
    patched: total("patched"),
    received: total("received"),
    acknowledged: total("acknowledged"),
    refused: total("refused"),
    superseded: total("superseded"),
    notEchoed: total("notEchoed"),
    seen: told.every(({ seen }) => seen === null)
      ? null
      : told.reduce((sum, { seen }) => sum + (seen ?? 0), 0),
    missed: total("missed"),
    duplicate: total("duplicate"),
    outOfOrder: total("outOfOrder"),
    receivedByOthers: total("receivedByOthers"),
    converged: total("converged"),
    stragglers: total("stragglers"),
    notDue: told.every(({ notDue }) => notDue),
    missedBy: told
      .flatMap(({ missedBy }) => missedBy)
      .toSorted(byMostMissed)
      .slice(0, DEVICES_LISTED),
    stragglersNamed: told
      .flatMap(({ stragglersNamed }) => stragglersNamed)
      .toSorted(byWorstStraggler)
      .slice(0, DEVICES_LISTED),
    times: {
      acknowledged: times("acknowledged"),
      received: times("received"),
      answer: times("answer"),
      seen: times("seen"),
      paced: times("paced"),
    },
  };
}
