import type { Killable } from "./killable.ts";

/** Something that clients do again and again with an emulator that may be killed while they do. */
export interface Work {
  /** How often the emulator said that it was done. */
  readonly acknowledged: number;
  /** Begins what it needs; once, before the first `run`. */
  prepare(emulator: Killable): Promise<void>;
  /** Works until the emulator is gone: it ends with the error of that. */
  run(emulator: Killable): Promise<never>;
  /** After a restart: throws where what was acknowledged is not there, or something else is there by halves. */
  check(emulator: Killable): Promise<void>;
}
