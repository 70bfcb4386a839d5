import { risenPerS } from "../../plan/adaptive-arrival.ts";
import type { AdaptiveArrival } from "../../plan/plan.ts";
import type { Ceiling } from "./ceiling.ts";
import { latencyCeiling, throttleCeiling } from "./ceiling.ts";
import type { StartRecord } from "./start-record.ts";

/** What made a rate what it is: it begins, rises, or gave way. */
export type RateReason = "begin" | "raise" | "throttled" | "latency";

/** How devices are started from a moment on. */
export interface Course {
  /** Devices a second, > 0. */
  readonly ratePerS: number;
  /** Devices that may start until the next look, whatever the rate; Infinity = no bound. */
  readonly room: number;
  /** What pushed back since the last look, if anything did. */
  readonly reason: RateReason;
}

/**
 * The control law of an adaptive arrival: the rate rises from where it begins, doubling every 30 s once devices are seen
 * to get through, until a service refuses devices (429, 5xx, retry-after) or becomes slow. What the service took until
 * then is a ceiling that is held at 95 % and probed slowly; each push-back measures it anew. Pure but for what it learns
 * at each look; times are ms after time 0.
 */
export class AdaptiveRate {
  readonly #arrival: AdaptiveArrival;
  readonly #record: StartRecord;
  /** The lowest latency (p95) that there was: that of a service with nothing in its way. */
  #usualMs = Infinity;
  #risesSinceMs: number | undefined;
  #throttled: Ceiling | undefined;
  #slow: Ceiling | undefined;

  constructor(arrival: AdaptiveArrival, record: StartRecord) {
    this.#arrival = arrival;
    this.#record = record;
  }

  /** Judges what the record tells by now. @param nowMs not falling */
  look(nowMs: number): Course {
    this.#usualMs = Math.min(this.#usualMs, this.#record.latencyMs(nowMs));
    if (this.#usualMs < Infinity) this.#risesSinceMs ??= nowMs;
    const reason = this.#pushedBack(nowMs);
    const ceilings = this.#ceilings;
    const free =
      ceilings.length > 0
        ? this.#arrival.maxPerS
        : risenPerS(this.#arrival, nowMs - (this.#risesSinceMs ?? nowMs));
    return {
      ratePerS: Math.min(free, ...ceilings.map((ceiling) => ceiling.ratePerS(nowMs))),
      room: Math.min(...ceilings.map((ceiling) => ceiling.room(nowMs))),
      reason: reason ?? (this.#risesSinceMs === undefined ? "begin" : "raise"),
    };
  }

  /** For so many ms it was not the rate that kept devices from starting, but the room of a course, or a pause. */
  keptBack(forMs: number): void {
    if (this.#risesSinceMs !== undefined) this.#risesSinceMs += forMs;
    for (const ceiling of this.#ceilings) ceiling.keptBack(forMs);
  }

  get #ceilings(): readonly Ceiling[] {
    return [this.#throttled, this.#slow].filter((ceiling) => ceiling !== undefined);
  }

  /** One push-back counts once: what is heard of devices that were started before it is a part of it. */
  #pushedBack(nowMs: number): "throttled" | "latency" | undefined {
    const record = this.#record;
    const knownMs = Math.max(
      this.#throttled?.lastDueMs ?? -Infinity,
      this.#slow?.lastDueMs ?? -Infinity,
    );
    const refusals = record.refusalsAfter(knownMs);
    if (refusals.length > 0) {
      this.#throttled = throttleCeiling(record, {
        atMs: Math.min(...refusals.map(({ atMs }) => atMs)),
        retryAfterMs: Math.min(...refusals.map(({ retryAfterMs }) => retryAfterMs)),
      });
      return "throttled";
    }
    const { latencyMs: addedMs } = this.#arrival;
    const usualMs = this.#usualMs;
    if (!record.isLate(usualMs + addedMs, knownMs, nowMs)) return undefined;
    // Where nobody got through yet, nothing is known but what may be added.
    this.#slow = latencyCeiling(record, {
      atMs: nowMs,
      usualMs: Number.isFinite(usualMs) ? usualMs : addedMs,
      addedMs,
    });
    return "latency";
  }
}
