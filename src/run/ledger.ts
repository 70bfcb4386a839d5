import type { AckedMessages } from "../metrics/aggregate.ts";
import { SeqSet } from "../metrics/seq-ranges.ts";
import type { LedgerResult } from "../output/summary.ts";

/** One ingested message, by the key that a device gives each of its messages. */
export interface LedgerRecord {
  readonly deviceId: string;
  readonly boot: number | null;
  readonly seq: number | null;
}

/** What was ingested of one device in one boot. */
interface Ingested {
  readonly seqs: SeqSet;
  highest: number;
}

/** Compares what was acknowledged to devices with what was ingested; the key is (device, boot, seq). */
export class Ledger {
  readonly #deviceIds: ReadonlySet<string>;
  readonly #ingested = new Map<string, Ingested>();
  #duplicated = 0;
  #outOfOrder = 0;

  /** @param deviceIds the run's devices; records of others are not ours to judge */
  constructor(deviceIds: Iterable<string>) {
    this.#deviceIds = new Set(deviceIds);
  }

  /** Takes records in the order in which they were ingested; those of strangers are left out. */
  ingest(record: LedgerRecord): void {
    const { deviceId, boot, seq } = record;
    if (boot === null || seq === null || seq < 1 || !this.#deviceIds.has(deviceId)) return;
    const key = keyOf(deviceId, boot);
    const life = this.#ingested.get(key) ?? { seqs: new SeqSet(), highest: 0 };
    this.#ingested.set(key, life);
    if (life.seqs.has(seq)) {
      this.#duplicated += 1;
      return;
    }
    life.seqs.add(seq);
    if (seq < life.highest) this.#outOfOrder += 1;
    life.highest = Math.max(life.highest, seq);
  }

  /** The account so far; `acked` has each (device, boot) once. */
  result(acked: Iterable<AckedMessages>): LedgerResult {
    let ackedCount = 0;
    let missing = 0;
    for (const { deviceId, boot, ranges } of acked) {
      const seqs = this.#ingested.get(keyOf(deviceId, boot))?.seqs;
      for (const [first, last] of ranges) {
        ackedCount += last - first + 1;
        missing += last - first + 1 - countWithin(seqs, first, last);
      }
    }
    let ingested = 0;
    for (const { seqs } of this.#ingested.values()) ingested += seqs.count;
    return {
      acked: ackedCount,
      ingested,
      missing,
      duplicated: this.#duplicated,
      outOfOrder: this.#outOfOrder,
    };
  }
}

const keyOf = (deviceId: string, boot: number): string => `${boot}/${deviceId}`;

/** How many numbers of `seqs` lie within [first, last]. */
function countWithin(seqs: SeqSet | undefined, first: number, last: number): number {
  let count = 0;
  for (const [from, to] of seqs?.toRanges() ?? []) {
    count += Math.max(0, Math.min(to, last) - Math.max(from, first) + 1);
  }
  return count;
}
