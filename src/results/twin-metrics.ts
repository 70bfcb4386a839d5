import type { Labels } from "../metrics/metric-key.ts";
import type { TwinActionAccount } from "../output/output.ts";

type Of = (account: TwinActionAccount) => number | null;

/** What the accounts of twin actions say, by catalogue name; null = it was not measured. */
const OF_TWIN_ACTIONS: Readonly<Record<string, Of>> = {
  twin_selected: ({ selected }) => selected,
  twin_converged: ({ converged }) => converged,
  twin_stragglers: ({ stragglers }) => stragglers,
  twin_patched: ({ patched }) => patched,
  twin_received: ({ received }) => received,
  twin_acknowledged: ({ acknowledged }) => acknowledged,
  twin_refused: ({ refused }) => refused,
  twin_seen: ({ seen }) => seen,
  twin_missed: ({ missed }) => missed,
  twin_received_by_others: ({ receivedByOthers }) => receivedByOthers,
};

/** Latencies that only twin actions which were due have, and what says that an action measured it. */
const LATENCIES: Readonly<Record<string, Of>> = {
  twin_action_ms: ({ patched }) => patched,
  twin_received_ms: ({ patched }) => patched,
  twin_answer_ms: ({ patched }) => patched,
  twin_paced_ms: ({ patched }) => patched,
  twin_seen_ms: ({ seen }) => seen,
};

/** By which metrics know an action: its name, or its place in the timeline. */
export const actionLabel = ({ name, action }: { name: string | null; action: number }): string =>
  name ?? String(action);

/**
 * A metric over the twin actions that were due.
 *
 * @returns null where there is none, or none that measured it; undefined for what others measure: latencies too, where
 *   there are such actions
 */
export function twinMetric(
  metric: string,
  { action }: Labels,
  accounts: readonly TwinActionAccount[],
): number | null | undefined {
  const latency = ownMember(LATENCIES, metric);
  const of = latency ?? ownMember(OF_TWIN_ACTIONS, metric);
  if (of === undefined) return undefined;
  const values = accounts
    .filter((account) => action === undefined || actionLabel(account) === action)
    .flatMap((account) => (account.notDue ? [] : (of(account) ?? [])));
  if (values.length === 0) return null;
  return latency !== undefined ? undefined : values.reduce((sum, value) => sum + value, 0);
}

const ownMember = (table: Readonly<Record<string, Of>>, name: string): Of | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
