import type { Draws } from "../shared/noise.ts";

/** What is drawn uniformly between two bounds when a device or a fault begins. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The same value at every draw. */
export function fixed(value: number): Range {
  return { least: value, most: value };
}

/** Uniform between the bounds; one draw. */
export function drawn({ least, most }: Range, random: Draws): number {
  return least + (most - least) * random.next();
}
