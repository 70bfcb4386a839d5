import type { GeneratorKind } from "./generator.ts";
import { constant, fromProperty } from "./generators/constant.ts";
import { counter, list } from "./generators/in-turn.ts";
import { once } from "./generators/once.ts";
import { approach, randomWalk, sine } from "./generators/over-time.ts";
import { boolean, normal, uniform } from "./generators/random-values.ts";
import { replay } from "./generators/replay.ts";
import { timestamp } from "./generators/timestamp.ts";

/** Every kind of generator, by the name that it has in the settings. */
export const GENERATORS: Readonly<Record<string, GeneratorKind>> = {
  constant,
  from: fromProperty,
  list,
  counter,
  randomWalk,
  sine,
  approach,
  normal,
  uniform,
  boolean,
  once,
  replay,
  timestamp,
};
