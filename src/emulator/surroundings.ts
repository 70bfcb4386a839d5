import type { Logger } from "../base/log.ts";
import type { EmulatorLimits } from "./defaults.ts";

/** What every part of the emulator is given from outside: nothing reads a clock or makes an id by itself. */
export interface Surroundings {
  readonly limits: EmulatorLimits;
  /** Now, in ms since 1970. */
  readonly clock: () => number;
  /** A new GUID for operations, etags and tracking ids. */
  readonly newId: () => string;
  readonly log: Logger;
}
