import type { SeqRanges } from "../metrics/device-row.ts";
import { countOf } from "../metrics/seq-ranges.ts";
import type { DeviceLedger, MessageNumber, MessageTrouble } from "../output/ledger.ts";
import { MESSAGE_TROUBLES } from "../output/ledger.ts";

/** How many messages of a trouble are told by their numbers. */
const FIRST_FEW = 5;

interface Some {
  count: number;
  first: readonly MessageNumber[];
}

/** Messages of one device with one trouble. */
export interface FoundTrouble {
  readonly trouble: MessageTrouble;
  readonly count: number;
  /** The first few of them. */
  readonly first: readonly MessageNumber[];
}

/** What is amiss with one device's messages, as it is found out. */
export class DeviceLedgerDraft {
  readonly #troubles = new Map<MessageTrouble, Some>();

  /** Adds messages of one boot that have this trouble; a message that has it again is counted again, and named once. */
  add(trouble: MessageTrouble, boot: number, ranges: SeqRanges): void {
    if (ranges.length === 0) return;
    const some = this.#troubles.get(trouble) ?? { count: 0, first: [] };
    this.#troubles.set(trouble, some);
    some.count += countOf(ranges);
    for (const [first, last] of ranges) {
      for (let seq = first; seq <= last && some.first.length < FIRST_FEW; seq += 1) {
        const isNamed = some.first.some((one) => one.boot === boot && one.seq === seq);
        // An array that grows takes room for many.
        if (!isNamed) some.first = some.first.concat({ boot, seq });
      }
    }
  }

  /** What was found out so far, to be taken up again by `restored`. */
  get found(): readonly FoundTrouble[] {
    return [...this.#troubles].map(([trouble, { count, first }]) => ({ trouble, count, first }));
  }

  static restored(found: readonly FoundTrouble[]): DeviceLedgerDraft {
    const draft = new DeviceLedgerDraft();
    for (const { trouble, count, first } of found) {
      draft.#troubles.set(trouble, { count, first: [...first] });
    }
    return draft;
  }

  /** @returns undefined where nothing is amiss */
  result(deviceId: string): DeviceLedger | undefined {
    if (this.#troubles.size === 0) return undefined;
    const count = (trouble: MessageTrouble): number => this.#troubles.get(trouble)?.count ?? 0;
    return {
      deviceId,
      missing: count("missing"),
      duplicated: count("duplicated"),
      outOfOrder: count("outOfOrder"),
      unacked: count("unacked"),
      unconfirmed: count("unconfirmed"),
      first: Object.fromEntries(
        MESSAGE_TROUBLES.flatMap((trouble) => {
          const some = this.#troubles.get(trouble);
          return some === undefined ? [] : [[trouble, some.first]];
        }),
      ),
    };
  }
}
