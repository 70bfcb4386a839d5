import type { EmulatorLimits } from "./defaults.ts";
import type { Surroundings } from "./surroundings.ts";

/** A limit is told again only after so long, in ms, with how often it was hit meanwhile. */
const QUIET_MS = 10_000;

/** Tells which limits clients hit, a line for each burst: whoever breaks limits must not fill the log. */
export class LimitLog {
  readonly #around: Pick<Surroundings, "clock" | "log">;
  readonly #told = new Map<keyof EmulatorLimits, { readonly atMs: number; hits: number }>();

  constructor(around: Pick<Surroundings, "clock" | "log">) {
    this.#around = around;
  }

  /** @param facts of this hit, where it is the one that is told */
  hit(limit: keyof EmulatorLimits, facts: Readonly<Record<string, unknown>> = {}): void {
    const nowMs = this.#around.clock();
    const last = this.#told.get(limit);
    if (last !== undefined && Math.abs(nowMs - last.atMs) < QUIET_MS) {
      last.hits += 1;
      return;
    }
    this.#told.set(limit, { atMs: nowMs, hits: 0 });
    this.#around.log.warn({ limit, alsoBefore: last?.hits ?? 0, ...facts }, "limit reached");
  }
}
