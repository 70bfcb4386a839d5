import type {
  DesiredContext,
  JsonObject,
  Message,
  ModelContext,
  ModelDevice,
} from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { Belt, Reading } from "./belt.ts";
import type { ClassicProgram } from "./classic-program.ts";
import type { MessageStyle } from "./message.ts";
import type { BeltSettings } from "./settings.ts";

/** How one version of the device speaks with its hub: desired and reported properties, direct methods. */
export interface Dialect {
  /** DTMI that the device announces; absent = none. */
  readonly modelId?: string;
  readonly methods: ModelDevice["methods"];
  /** Seconds between messages that the twin asks for; undefined = what the scenario says. */
  readonly intervalS?: number | undefined;
  /** As in `ModelDevice`. */
  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined;
  /** After every step of `intervalS` planned seconds, when the readings are known and before the messages. */
  stepped?(intervalS: number): void;
  /** What the dialect keeps beside the belt. */
  snapshot(): JsonObject;
  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void;
}

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
