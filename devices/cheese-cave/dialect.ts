import type { ModelContext } from "../../src/model/model.ts";
import type { Dialect } from "../shared/dialect.ts";
import type { Cave } from "./cave.ts";
import type { Walk } from "./classic-walks.ts";
import type { MessageStyle } from "./message.ts";
import type { Place } from "./place.ts";
import type { CaveSettings } from "./settings.ts";

/** How one version of the cave speaks with its hub. */
export interface CaveDialect extends Dialect {
  /** The fan broke or is well again, without a method or a patch. */
  fanChanged?(): void;
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
  create(context: DialectContext): CaveDialect;
}
