import type { Speed } from "../belt.ts";
import { SPEEDS } from "../belt.ts";

/** A part of a shift: a speed, and for how long. */
export interface PlannedSpeed {
  readonly speed: Speed;
  readonly seconds: number;
}

const LONGEST_S = 31 * 86_400;

/** `slow 600, fast 1200, stopped 60`: speeds with their seconds, over and over. @returns undefined where it is none */
export function parseSpeedPlan(text: string): readonly PlannedSpeed[] | undefined {
  const plan: PlannedSpeed[] = [];
  for (const part of text.split(",")) {
    const [name, duration, ...rest] = part.trim().split(/\s+/);
    const speed = SPEEDS.find((known) => known === name);
    const seconds = Number(duration);
    if (speed === undefined || rest.length > 0) return undefined;
    if (!(seconds >= 1 && seconds <= LONGEST_S)) return undefined;
    plan.push({ speed, seconds });
  }
  return plan;
}
