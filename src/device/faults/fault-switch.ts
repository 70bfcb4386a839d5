import type { FaultTimes } from "../../base/fault-spec.ts";

/** One time that a fault is on; of no length = it is over as soon as it has begun. */
export interface Occurrence {
  readonly beginMs: number;
  /** Infinity = it stays. */
  readonly endMs: number;
}

/** What becomes of a fault at a step. */
export type FaultChange = "begun" | "ended";

/** Sums of intervals are not exact: what is so near is due, in ms. */
const TOLERANCE_MS = 1e-3;

/**
 * When a fault is on, ascending; without an end where it comes by chance.
 *
 * @param isMoment without a time it is over at once
 * @param draw uniform in [0, 1); once for each time by chance
 */
export function* occurrencesOf(
  times: FaultTimes,
  isMoment: boolean,
  draw: () => number,
): Generator<Occurrence, void, undefined> {
  const { forMs = isMoment ? 0 : Infinity } = times;
  const from = (beginMs: number): Occurrence => ({ beginMs, endMs: beginMs + forMs });
  switch (times.by) {
    case "script":
      yield from(times.atMs);
      return;
    case "age":
      for (const atMs of times.atMs) yield from(atMs);
      return;
    case "chance":
      // From one end to the next begin it is exponential, so that it is never on twice at a time.
      for (let endMs = 0; ;) {
        const next = from(endMs - (times.everyMs - forMs) * Math.log(1 - draw()));
        yield next;
        endMs = next.endMs;
      }
    default:
      times satisfies never;
  }
}

/**
 * Whether one fault is on, asked at each step. A step takes what began since the step before, so that a fault that is
 * shorter than an interval is on for one message all the same. What was over before the first step is missed.
 */
export class FaultSwitch {
  readonly #occurrences: Iterator<Occurrence, void, undefined>;
  #next: Occurrence | undefined;
  #endMs: number | undefined;
  #isFirst = true;

  constructor(occurrences: Iterator<Occurrence, void, undefined>) {
    this.#occurrences = occurrences;
    this.#next = this.#draw();
  }

  /** What changes by now, in order. @param nowMs never before the one of the call before */
  at(nowMs: number): readonly FaultChange[] {
    const now = nowMs + TOLERANCE_MS;
    if ((this.#next?.beginMs ?? Infinity) > now && (this.#endMs ?? Infinity) > now) {
      this.#isFirst = false;
      return [];
    }
    const changes: FaultChange[] = [];
    if (this.#endMs !== undefined && this.#endMs <= now) {
      this.#endMs = undefined;
      changes.push("ended");
    }
    const begun = this.#taken(now);
    if (begun === undefined) return changes;
    if (this.#endMs !== undefined) {
      this.#endMs = Math.max(this.#endMs, begun.endMs);
      return changes;
    }
    changes.push("begun");
    if (begun.endMs > begun.beginMs) this.#endMs = begun.endMs;
    else changes.push("ended");
    return changes;
  }

  /** The newest that has begun by now and is not missed. */
  #taken(now: number): Occurrence | undefined {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    let taken: Occurrence | undefined;
    while (this.#next !== undefined && this.#next.beginMs <= now) {
      const { beginMs, endMs } = this.#next;
      const isMissed = isFirst && endMs <= now && beginMs < now - 2 * TOLERANCE_MS;
      if (!isMissed) taken = { beginMs, endMs: Math.max(endMs, taken?.endMs ?? 0) };
      this.#next = this.#draw();
    }
    return taken;
  }

  #draw(): Occurrence | undefined {
    const { done, value } = this.#occurrences.next();
    return done === true ? undefined : value;
  }
}
