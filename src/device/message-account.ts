import type { SeqRanges } from "../metrics/device-row.ts";
import { SeqSet } from "../metrics/seq-ranges.ts";

/**
 * What became of each message of a device in one life of its worker. A number is settled once, acknowledged or failed,
 * and only after it was given: so sent = acknowledged + failed + unacknowledged, whatever comes in which order.
 */
export class MessageAccount {
  readonly #acked = new SeqSet();
  readonly #failed = new SeqSet();
  readonly #first: number;
  #next: number;

  /** @param first number of the first message, >= 1 */
  constructor(first = 1) {
    this.#first = first;
    this.#next = first;
  }

  /** Gives the next message its number. */
  next(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  /** @returns false where the number was settled before, or never given: then nothing is counted */
  acknowledge(seq: number): boolean {
    return this.#isOpen(seq) && this.#acked.add(seq);
  }

  /** @returns as `acknowledge` does */
  fail(seq: number): boolean {
    return this.#isOpen(seq) && this.#failed.add(seq);
  }

  /** As the device's row has it. */
  get counts(): {
    readonly firstSeq?: number;
    readonly sent: number;
    readonly acked: number;
    readonly failed: number;
    readonly ackedSeqs: SeqRanges;
    readonly failedSeqs: SeqRanges;
  } {
    return {
      ...(this.#first === 1 ? {} : { firstSeq: this.#first }),
      sent: this.#next - this.#first,
      acked: this.#acked.count,
      failed: this.#failed.count,
      ackedSeqs: this.#acked.toRanges(),
      failedSeqs: this.#failed.toRanges(),
    };
  }

  #isOpen(seq: number): boolean {
    const isGiven = seq >= this.#first && seq < this.#next;
    return isGiven && !this.#acked.has(seq) && !this.#failed.has(seq);
  }
}
