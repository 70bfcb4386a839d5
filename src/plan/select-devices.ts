import { patternTest, shareRank } from "../base/device-patterns.ts";
import type { DeviceCondition, DeviceSelection } from "../scenario/devices-field.ts";

/** `20%` or `5`, or so many of those that a pattern names: `20% of cave-*`. */
const AMOUNT = /^(?:(100|\d{1,2}(?:\.\d+)?)%|([1-9]\d{0,6}))(?: of (\S+))?$/;

/** A device as far as a selection looks at it. */
export interface SelectableDevice {
  readonly registrationId: string;
  /** As the fleet entry names it. */
  readonly model: string;
}

/** How many of some devices. */
export type Amount = { readonly percent: number } | { readonly count: number };

/** Devices of which some are meant that only services know: those at a hub, or found by a query. */
export interface AskedDevices {
  /** Registration ids, in the order of the fleet. */
  readonly among: readonly string[];
  readonly hub?: string | undefined;
  readonly query?: string | undefined;
  /** Of those that hub and query leave; undefined = all. */
  readonly amount?: Amount | undefined;
}

/** Whom an action is about: what the plan knows, and what is to be asked when it is due. */
export interface PlannedSelection {
  /** Registration ids, distinct, in the order of the fleet. */
  readonly ids: readonly string[];
  readonly asked: readonly AskedDevices[];
}

/** What a selection picks of a fleet. */
export interface SelectedDevices extends PlannedSelection {
  /** Parts of the selection that pick nothing, as written. */
  readonly empty: readonly string[];
}

/**
 * Picks devices: each part is a registration id, a pattern in which `*` stands for any characters, a share or a number of
 * devices, or a condition. A share is that many of the devices, rounded, but at least one; with the same seed always the
 * same ones, and a larger share or number has all of a smaller one. A device that several parts pick is picked once.
 */
export function selectDevices(
  selection: DeviceSelection,
  fleet: readonly SelectableDevice[],
  seed: number,
): SelectedDevices {
  const picked = new Set<string>();
  const empty: string[] = [];
  const asked: AskedDevices[] = [];
  for (const part of selection) {
    const { pick = "*", model, hub, query } = part;
    const { among, amount } = candidates(
      pick,
      fleet.filter((device) => model === undefined || device.model === model),
    );
    if (among.length === 0) empty.push(shown(part));
    else if (hub !== undefined || query !== undefined) asked.push({ among, hub, query, amount });
    else for (const id of takeAmount(among, amount, seed)) picked.add(id);
  }
  const ids = fleet.map(({ registrationId }) => registrationId).filter((id) => picked.has(id));
  return { ids, asked, empty };
}

/** As many of the devices as are meant, always the same ones with the same seed; all without an amount. */
export function takeAmount(
  ids: readonly string[],
  amount: Amount | undefined,
  seed: number,
): readonly string[] {
  if (amount === undefined) return ids;
  return ids
    .map((id) => ({ id, rank: shareRank(id, seed) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, countOf(amount, ids.length))
    .map(({ id }) => id);
}

function countOf(amount: Amount, of: number): number {
  if ("count" in amount) return amount.count;
  const { percent } = amount;
  // Multiplied first: 29% of 50 are 14.5, and 0.29 of 50 are less.
  return percent === 0 ? 0 : Math.max(1, Math.round((of * percent) / 100));
}

function candidates(
  pick: string,
  fleet: readonly SelectableDevice[],
): { readonly among: readonly string[]; readonly amount?: Amount } {
  const ids = fleet.map(({ registrationId }) => registrationId);
  if (ids.includes(pick)) return { among: [pick] };
  const parsed = AMOUNT.exec(pick);
  if (parsed === null) return { among: pick.includes("*") ? ids.filter(patternTest([pick])) : [] };
  const [, percent, count, pattern = "*"] = parsed;
  const among = ids.filter(patternTest([pattern]));
  if (percent !== undefined) {
    return Number(percent) === 0 ? { among: [] } : { among, amount: { percent: Number(percent) } };
  }
  // More than there are is a slip, not a wish.
  return Number(count) > among.length ? { among: [] } : { among, amount: { count: Number(count) } };
}

function shown({ pick, model, hub, query }: DeviceCondition): string {
  const others = Object.entries({ model, hub, query }).filter(([, value]) => value !== undefined);
  if (others.length === 0) return pick ?? "*";
  return JSON.stringify(
    pick === undefined ? Object.fromEntries(others) : { pick, ...Object.fromEntries(others) },
  );
}
