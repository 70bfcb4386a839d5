import { z } from "zod";

import { parseDuration } from "../../base/units.ts";
import { positiveDurationField } from "../../scenario/fields.ts";
import { once, onOff } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";
import type { HubFlags, SelectionFlags } from "../selection/selection-flags.ts";
import {
  checkSelection,
  checkTier,
  pacedHubFields,
  selectionFields,
} from "../selection/selection-flags.ts";

interface CommonFlags extends HubFlags {
  readonly json: boolean;
}

/** What `twin get` asks for. */
export interface TwinGetFlags extends CommonFlags {
  readonly id: string;
}

/** What `twin set` asks for; sections are JSON, or `@FILE`. */
export interface TwinSetFlags extends CommonFlags, SelectionFlags {
  readonly desired?: string | undefined;
  readonly tags?: string | undefined;
  readonly replace: boolean;
  /** Without the quotes that HTTP writes around it. */
  readonly ifMatch?: string | undefined;
}

/** What `twin verify` asks for. */
export interface TwinVerifyFlags extends CommonFlags, SelectionFlags {
  readonly desired: string;
  readonly timeoutMs: number;
}

/** An etag, with or without its quotes. */
export const etag = once
  .transform((text) => text.replace(/^(?:W\/)?"(.*)"$/, "$1"))
  .pipe(z.string().min(1, "expected an etag, got an empty text"));

const getFlags = z.object({ ...pacedHubFields, id: once.min(1) }).superRefine(checkTier);

const setFlags = z
  .object({
    ...pacedHubFields,
    ...selectionFields,
    desired: once.optional(),
    tags: once.optional(),
    replace: onOff.default(false),
    ifMatch: etag.optional(),
  })
  .superRefine(checkTier)
  .superRefine(checkSelection)
  .superRefine(checkIfMatch)
  .superRefine(({ desired, tags }, context) => {
    if (desired === undefined && tags === undefined)
      context.addIssue({
        code: "custom",
        path: ["desired"],
        message: "expected --desired, --tags or both, got neither",
      });
  });

const verifyFlags = z
  .object({
    ...pacedHubFields,
    ...selectionFields,
    desired: z.string({ error: "expected JSON or @FILE, got nothing" }).pipe(once),
    timeout: positiveDurationField.default("30s").transform((text) => parseDuration(text) ?? 0),
  })
  .superRefine(checkTier)
  .superRefine(checkSelection);

/** An etag is that of one device. */
export function checkIfMatch(
  { ids, ifMatch }: { readonly ids: readonly string[]; readonly ifMatch?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (ifMatch !== undefined && ids.length !== 1)
    context.addIssue({
      code: "custom",
      path: ["ifMatch"],
      message: "expected one device id with it: every device has an etag of its own",
    });
}

const WORDS = { ids: "ID", id: "ID" };

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseTwinGetFlags = (given: unknown): TwinGetFlags =>
  parseFlags(getFlags, given, "twin get", WORDS);

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseTwinSetFlags = (given: unknown): TwinSetFlags =>
  parseFlags(setFlags, given, "twin set", WORDS);

/** @throws {FleetError} `USAGE` with every problem at its flag */
export function parseTwinVerifyFlags(given: unknown): TwinVerifyFlags {
  const { timeout, ...flags } = parseFlags(verifyFlags, given, "twin verify", WORDS);
  return { ...flags, timeoutMs: timeout };
}
