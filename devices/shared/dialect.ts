import type { DesiredContext, JsonObject, ModelDevice } from "../../src/model/model.ts";
import type { Saved } from "./saved.ts";

/** How one version of a device speaks with its hub: desired and reported properties, direct methods. */
export interface Dialect {
  /** DTMI that the device announces; absent = none. */
  readonly modelId?: string;
  readonly methods: ModelDevice["methods"];
  /** Seconds between messages that the twin asks for; undefined = what the scenario says. */
  readonly intervalS?: number | undefined;
  /** As in `ModelDevice`. */
  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined;
  /** As in `ModelDevice`. */
  settled(): JsonObject;
  /** After every step of `intervalS` planned seconds, when the readings are known and before the messages. */
  stepped?(intervalS: number): void;
  /** What the dialect keeps beside the device. */
  snapshot(): JsonObject;
  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void;
}
