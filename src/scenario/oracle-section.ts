import { z } from "zod";
import { parseDuration } from "../base/units.ts";
import { textField } from "./fields.ts";

/** When desired, reported and inner state are compared, in ms. */
export interface OracleSettings {
  /** From one look at a device to the next, at least; >= 100. */
  readonly everyMs: number;
  /** For how long they may differ at a device that is connected; >= 1000. */
  readonly toleratesMs: number;
}

const atLeast = (leastMs: number) => (text: string) => (parseDuration(text) ?? 0) >= leastMs;

export const oracleSection = z.strictObject({
  every: textField("a duration of 100ms or more such as 5s", atLeast(100))
    .default("5s")
    .meta({ description: "Time from one look at a device to the next" }),
  tolerates: textField("a duration of 1s or more such as 10s", atLeast(1_000))
    .default("10s")
    .meta({ description: "How long the two sides of a twin and the device may differ" }),
});

/** The section with its times in ms; undefined = no oracle. */
export function oracleSettings(
  written: z.output<typeof oracleSection> | undefined,
): OracleSettings | undefined {
  if (written === undefined) return undefined;
  const { every, tolerates } = written;
  return { everyMs: parseDuration(every) ?? 0, toleratesMs: parseDuration(tolerates) ?? 0 };
}
