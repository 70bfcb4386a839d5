import { z } from "zod";

import { METHOD_NAME_HELP, METHOD_NAME_PATTERN } from "../../base/azure-limits.ts";
import { parseDuration } from "../../base/units.ts";
import { durationField } from "../../scenario/fields.ts";
import { once } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";
import type { HubFlags, SelectionFlags } from "../selection/selection-flags.ts";
import {
  checkSelection,
  checkTier,
  pacedHubFields,
  selectionFields,
} from "../selection/selection-flags.ts";

/** What `method invoke` asks for. */
export interface MethodFlags extends HubFlags, SelectionFlags {
  readonly method: string;
  /** JSON, or `@FILE`. */
  readonly payload?: string | undefined;
  readonly responseTimeoutS: number;
  readonly connectTimeoutS: number;
  readonly json: boolean;
}

/** Whole seconds, as hubs count them. Source: Microsoft Learn, "Understand and invoke direct methods from IoT Hub". */
const seconds = (least: number, most: number) =>
  durationField.transform((text, context) => {
    const s = (parseDuration(text) ?? 0) / 1_000;
    if (Number.isInteger(s) && s >= least && s <= most) return s;
    context.addIssue(`expected ${least}s to ${most}s in whole seconds, got "${text}"`);
    return z.NEVER;
  });

const name = z.string().regex(METHOD_NAME_PATTERN, {
  error: ({ input }) => `expected ${METHOD_NAME_HELP}, got "${String(input)}"`,
});

const { ids: _ids, ...selection } = selectionFields;

const methodFlags = z
  .object({
    ...pacedHubFields,
    ...selection,
    /** Device ids, and the method last. */
    words: z.array(z.string().min(1, "expected a word, got an empty text")).min(1),
    payload: once.optional(),
    timeout: seconds(5, 300).default(30),
    connectTimeout: seconds(0, 300).default(0),
  })
  .superRefine(checkTier)
  .superRefine(({ words, devicesFile, query }, context) => {
    checkSelection({ ids: words.slice(0, -1), devicesFile, query }, context);
  })
  .superRefine(({ words }, context) => {
    const { error } = name.safeParse(words.at(-1));
    for (const { message } of error?.issues ?? [])
      context.addIssue({ code: "custom", path: ["words"], message });
  });

/** @throws {FleetError} `USAGE` with every problem at its flag */
export function parseMethodFlags(given: unknown): MethodFlags {
  const places = { ids: "ID", words: "METHOD" };
  const parsed = parseFlags(methodFlags, given, "method invoke", places);
  const { words, timeout, connectTimeout, ...flags } = parsed;
  return {
    ...flags,
    ids: words.slice(0, -1),
    method: words.at(-1) ?? "",
    responseTimeoutS: timeout,
    connectTimeoutS: connectTimeout,
  };
}
