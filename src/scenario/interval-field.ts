import { z } from "zod";
import { isJsonObject } from "../base/json.ts";
import { parseDuration } from "../base/units.ts";
import type { Distribution } from "./distribution.ts";
import {
  DISTRIBUTION_KEYS,
  distributionForms,
  isDistribution,
  parseDistribution,
} from "./distribution.ts";
import { durationField, positiveDurationField } from "./fields.ts";

const toMs = (text: string): number => parseDuration(text) ?? 0;
const positiveMs = positiveDurationField.transform(toMs);

const forms = distributionForms(positiveMs, durationField.transform(toMs), positiveMs);
/** A normal distribution has no end, and an interval must not become 0. */
const boundedForms = {
  ...forms,
  normal: forms.normal.refine(({ min }) => min !== undefined, {
    path: ["min"],
    when: ({ issues }) => issues.length === 0,
    error: "expected the shortest interval such as 1s, got nothing",
  }),
};

/** A duration above 0, or a distribution of them; both in ms. */
export const intervalField = z
  .unknown()
  .transform((written, context): number | Distribution<number> => {
    if (!isJsonObject(written)) {
      const parsed = positiveMs.safeParse(written);
      if (parsed.success) return parsed.data;
      for (const { message } of parsed.error.issues) context.addIssue(message);
      return z.NEVER;
    }
    if (!isDistribution(written)) {
      const ways = DISTRIBUTION_KEYS.join(", ");
      context.addIssue(`expected a duration such as 5s, or one of ${ways}, got a mapping`);
      return z.NEVER;
    }
    const parsed = parseDistribution(written, boundedForms);
    if ("distribution" in parsed) return parsed.distribution;
    for (const { path, message } of parsed.issues) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
    return z.NEVER;
  });

/** What may be written there, for editors. */
export const intervalAsWritten = z.union([positiveDurationField, ...Object.values(forms)]);
