import type { FleetError } from "../../base/errors.ts";
import { EXIT_CODES } from "../../base/errors.ts";
import type { AbortedBy } from "../../metrics/abort-watch.ts";
import type { LedgerResult } from "../../output/ledger.ts";
import { byWorst } from "../../output/ledger.ts";
import type { RecordedFailure, WorkerAccount } from "../../output/output.ts";
import type { CheckedPart } from "./check-parts.ts";
import { partText } from "./check-parts.ts";
import { mergedTwinActions } from "./merged-twin-actions.ts";
import type { Of } from "./part.ts";

/** How all parts together ended. @param t ms after the time 0 of all */
export function mergedEnd(parts: readonly CheckedPart[], t: number): Of<"end"> {
  const facts = parts.map((part) => part.facts);
  const resources = facts.map(({ aggregate }) => aggregate.resources());
  return {
    type: "end",
    t,
    interrupted: facts.some(({ end }) => end.interrupted),
    stoppedArriving: facts.some(({ end }) => end.stoppedArriving),
    failure: mergedFailure(parts),
    aborted: mergedAbort(parts),
    lostFiles: [...new Set(facts.flatMap(({ lostFiles }) => lostFiles))],
    actions: mergedTwinActions(facts.map(({ actions }) => actions)),
    workers: mergedWorkers(facts.map(({ workers }) => workers)),
    resources: {
      cpuS: Math.round(sum(resources.map(({ cpuS }) => cpuS * 1_000))) / 1_000,
      peakRssBytes: sum(resources.map(({ peakRssBytes }) => peakRssBytes)),
    },
  };
}

/** The first threshold that ended a part, by the time 0 of all. */
function mergedAbort(parts: readonly CheckedPart[]): AbortedBy | null {
  const zeroMs = Math.min(...parts.flatMap(({ beginMs }) => beginMs ?? []));
  const aborts = parts.flatMap(({ beginMs = zeroMs, facts }) => {
    const { aborted } = facts.end;
    return aborted === undefined ? [] : [{ ...aborted, t: aborted.t + beginMs - zeroMs }];
  });
  return aborts.toSorted((a, b) => a.t - b.t)[0] ?? null;
}

/** The ledgers of all parts as one; null where one of them is: what it lacks nobody has looked for. */
export function mergedLedger(ledgers: readonly (LedgerResult | null)[]): LedgerResult | null {
  const read = ledgers.filter((ledger) => ledger !== null);
  if (read.length < ledgers.length) return null;
  const total = (of: (ledger: LedgerResult) => number): number => sum(read.map(of));
  return {
    acked: total(({ acked }) => acked),
    ingested: total(({ ingested }) => ingested),
    missing: total(({ missing }) => missing),
    duplicated: total(({ duplicated }) => duplicated),
    outOfOrder: total(({ outOfOrder }) => outOfOrder),
    unconfirmed: total(({ unconfirmed }) => unconfirmed),
    unconfirmedBy: {
      unacked: total(({ unconfirmedBy }) => unconfirmedBy.unacked),
      failed: total(({ unconfirmedBy }) => unconfirmedBy.failed),
      untold: total(({ unconfirmedBy }) => unconfirmedBy.untold),
    },
    devices: read.flatMap(({ devices }) => devices).toSorted(byWorst),
  };
}

/** The one that decides over the exit code, with every part that broke off. */
function mergedFailure(parts: readonly CheckedPart[]): RecordedFailure | null {
  const failed = parts.flatMap((part) => {
    const { failure } = part.facts.end;
    return failure === undefined ? [] : [{ place: `part ${partText(part.shard)}`, failure }];
  });
  const [worst] = failed.toSorted((a, b) => weightOf(a.failure) - weightOf(b.failure));
  if (worst === undefined) return null;
  const { code, message, hint, problems } = worst.failure;
  if (failed.length === 1) return { code, message: `${worst.place}: ${message}`, hint, problems };
  return {
    code,
    message: `${failed.length} parts broke off`,
    problems: failed.map(({ place, failure }) => ({
      place,
      message: `${failure.message} [${failure.code}]`,
      hint: failure.hint,
    })),
  };
}

/** Exit codes decide in the order 2, 130, 3, 4. */
const ORDER: readonly number[] = [
  EXIT_CODES.USAGE,
  EXIT_CODES.INTERRUPTED,
  EXIT_CODES.UNREACHABLE,
  EXIT_CODES.WORKER_LOST,
];

function weightOf({ code }: FleetError): number {
  const at = ORDER.indexOf(EXIT_CODES[code]);
  return at === -1 ? ORDER.length : at;
}

function mergedWorkers(accounts: readonly WorkerAccount[]): WorkerAccount {
  return {
    planned: sum(accounts.map(({ planned }) => planned)),
    lost: sum(accounts.map(({ lost }) => lost)),
    restarted: sum(accounts.map(({ restarted }) => restarted)),
    gone: sum(accounts.map(({ gone }) => gone)),
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
