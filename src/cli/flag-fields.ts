import { z } from "zod";

import { LOG_LEVELS } from "../base/log.ts";
import { enumField } from "../scenario/fields.ts";

/** A flag that was given once; twice, yargs makes a list of it. */
export const once = z.string({ error: "expected one value, got several" });

/** A whole number from `least` to `most`, written as one flag. */
export const whole = (least: number, most: number) =>
  once
    .refine((text) => isWhole(text, least, most), {
      error: ({ input }) => `expected a whole number, ${least} to ${most}, got "${String(input)}"`,
    })
    .transform(Number);

function isWhole(text: string, least: number, most: number): boolean {
  const number = Number(text);
  return text.trim() !== "" && Number.isSafeInteger(number) && number >= least && number <= most;
}

export const logLevel = enumField(LOG_LEVELS).default("warn");

/** What help says of `--log-level`. */
export const LOG_LEVEL_HELP = `what is logged: ${LOG_LEVELS.join(", ")}`;
