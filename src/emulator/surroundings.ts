import { randomUUID } from "node:crypto";
import type { Logger } from "../base/log.ts";
import { silentLogger } from "../base/log.ts";
import type { EmulatorLimits } from "./defaults.ts";
import { limitsFrom } from "./defaults.ts";
import type { NewKey } from "./random-key.ts";
import { randomKey } from "./random-key.ts";
import type { State } from "./state/state.ts";
import { MEMORY_STATE } from "./state/state.ts";

/** What every part of the emulator is given from outside: nothing reads a clock or makes an id by itself. */
export interface Surroundings {
  readonly limits: EmulatorLimits;
  /** Now, in ms since 1970: what is waited for, and what is judged. */
  readonly clock: () => number;
  /** Now, for documents, in ms since 1970. */
  readonly stamp: () => number;
  /** A new GUID for operations, etags and tracking ids. */
  readonly newId: () => string;
  readonly newKey: NewKey;
  /** What is kept, and whether it is kept yet. */
  readonly state: State;
  readonly log: Logger;
}

/** What is left out is the machine's: its clock, its randomness, its memory; and nothing is logged. */
export function surroundingsFrom(
  given: Partial<Omit<Surroundings, "limits">> & { readonly limits?: Partial<EmulatorLimits> },
): Surroundings {
  const { clock = Date.now } = given;
  return {
    clock,
    stamp: given.stamp ?? clock,
    newId: given.newId ?? randomUUID,
    newKey: given.newKey ?? randomKey,
    state: given.state ?? MEMORY_STATE,
    log: given.log ?? silentLogger(),
    limits: limitsFrom(given.limits ?? {}),
  };
}
