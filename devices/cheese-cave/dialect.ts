import type {
  DesiredContext,
  JsonObject,
  ModelContext,
  ModelDevice,
} from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { Cave } from "./cave.ts";
import type { Walk } from "./classic-walks.ts";
import type { MessageStyle } from "./message.ts";
import type { Place } from "./place.ts";
import type { CaveSettings } from "./settings.ts";

/** How one version of the device speaks with its hub: desired and reported properties, direct methods. */
export interface Dialect {
  /** DTMI that the device announces; absent = none. */
  readonly modelId?: string;
  readonly methods: ModelDevice["methods"];
  /** Seconds between messages that the twin asks for; undefined = what the scenario says. */
  readonly intervalS?: number | undefined;
  /** As in `ModelDevice`. */
  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined;
  /** The fan broke or is well again, without a method or a patch. */
  fanChanged?(): void;
  /**
   * After every step, when the readings are known and before the message.
   *
   * @param intervalS seconds between messages, as planned
   */
  stepped?(intervalS: number): void;
  /** What the dialect keeps beside the cave. */
  snapshot(): JsonObject;
  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void;
}

/** What a dialect is made of. */
export interface DialectContext extends ModelContext<CaveSettings> {
  readonly cave: Cave;
  readonly place: Place;
}

/** A dialect by its name, and what comes with it. */
export interface DialectKind {
  readonly place: Place;
  readonly walk: Walk;
  /** How it writes messages; settings may say otherwise. */
  readonly style: MessageStyle;
  create(context: DialectContext): Dialect;
}
