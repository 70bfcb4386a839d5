import type { PerformanceEntry } from "node:perf_hooks";
import { constants, PerformanceObserver } from "node:perf_hooks";
import type { GcKind, GcUse } from "./gc-use.ts";

const KINDS: ReadonlyMap<unknown, GcKind> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakCallbacks"],
]);

/** Sums up the garbage collections of this process while it is on. */
export class GcWatch {
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));
  readonly #seen = new Map<GcKind, { count: number; ms: number }>();

  start(): void {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Everything since the last call, in whole ms, and begins anew. Node tells of a collection some turns after it. */
  take(): GcUse {
    const use: Partial<Record<GcKind, { count: number; ms: number }>> = {};
    for (const [kind, seen] of this.#seen) {
      if (seen.count === 0) continue;
      // Fractions are told with the next span, so that sums stay exact.
      const ms = Math.floor(seen.ms);
      use[kind] = { count: seen.count, ms };
      this.#seen.set(kind, { count: 0, ms: seen.ms - ms });
    }
    return use;
  }

  /** Safe to call twice. */
  stop(): void {
    this.#observer.disconnect();
  }

  #note(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const kind = KINDS.get(kindOf(entry));
      if (kind === undefined) continue;
      const seen = this.#seen.get(kind) ?? { count: 0, ms: 0 };
      this.#seen.set(kind, { count: seen.count + 1, ms: seen.ms + entry.duration });
    }
  }
}

/** What Node tells beside an entry of type gc: `{ kind, flags }`. */
function kindOf(entry: PerformanceEntry): unknown {
  const detail: unknown = "detail" in entry ? entry.detail : undefined;
  return typeof detail === "object" && detail !== null && "kind" in detail
    ? detail.kind
    : undefined;
}
