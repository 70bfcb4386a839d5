import type { Message, ModelContext } from "../../src/model/model.ts";
import type { Dialect } from "../shared/dialect.ts";
import type { Belt, Reading } from "./belt.ts";
import type { ClassicProgram } from "./classic-program.ts";
import type { MessageStyle } from "./message.ts";
import type { BeltSettings } from "./settings.ts";

/** What a dialect is made of. */
export interface DialectContext extends ModelContext<BeltSettings> {
  readonly belt: Belt;
  /** Of the natural vibration. */
  readonly naturalFrequencyHz: number;
  /** Mends the belt: what shakes or holds it is over. */
  readonly clearFaults: () => void;
}

/** A dialect by its name, and what comes with it. */
export interface DialectKind {
  readonly program: ClassicProgram;
  /** How it writes messages; settings may say otherwise. */
  readonly style: MessageStyle;
  /** Messages of one step, in the order in which they are sent. */
  readonly write: (reading: Reading, style: MessageStyle) => readonly Message[];
  create(context: DialectContext): Dialect;
}
