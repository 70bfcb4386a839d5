import { z } from "zod";
import type { ConnectionRules } from "../base/connection-rules.ts";
import { CONNECTION_RULES, RETRY_JITTERS, TWIN_READINGS } from "../base/connection-rules.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { formatDuration, parseDuration, parseRate, RATE_PATTERN } from "../base/units.ts";
import { enumField, positiveDurationField, textField } from "./fields.ts";

/** Attempts in a second that a limit may be at most: more than any fleet of one machine makes. */
const ATTEMPTS_MAX = 10_000;

/** A limit on attempts to connect, for the whole fleet. */
export const attemptsField = textField(
  `a rate above 0, of at most ${ATTEMPTS_MAX}/s, such as 50/s or 1000/m`,
  (text) => {
    const perS = parseRate(text) ?? 0;
    return perS > 0 && perS <= ATTEMPTS_MAX;
  },
  RATE_PATTERN,
);

const rules = {
  retry: z
    .strictObject({
      first: positiveDurationField.optional().meta({
        default: formatDuration(CONNECTION_RULES.retryFirstMs),
        description: "Bound of the first wait after a lost or failed connection; it doubles",
      }),
      max: positiveDurationField.optional().meta({
        default: formatDuration(CONNECTION_RULES.retryMaxMs),
        description: "Bound of every wait",
      }),
      throttled: positiveDurationField.optional().meta({
        default: formatDuration(CONNECTION_RULES.retryFirstThrottledMs),
        description:
          "Bound of the first wait after a service said that it is throttled; no such wait is shorter than half of it",
      }),
      jitter: enumField(RETRY_JITTERS).optional().meta({
        default: CONNECTION_RULES.retryJitter,
        description: "full: a wait is anywhere up to its bound; none: it is the bound",
      }),
    })
    .optional()
    .meta({ description: "Waits between attempts to connect" }),
  reprovisionAfter: positiveDurationField.optional().meta({
    default: formatDuration(CONNECTION_RULES.reprovisionAfterMs),
    description: "A device that cannot reach its hub for that long asks DPS again",
  }),
  readTwin: enumField(TWIN_READINGS).optional().meta({
    default: CONNECTION_RULES.readTwin,
    description:
      "always: a device reads its whole twin on every connection; first: on the first after an assignment alone",
  }),
};

/** `connection:` of a fleet entry. */
export const entryConnectionSection = z.strictObject(rules);

/** `connection:` of a scenario. */
export const connectionSection = z.strictObject({
  ...rules,
  attempts: attemptsField.optional().meta({
    description:
      "Attempts to connect to DPS or a hub that the whole fleet makes in a time; absent = no limit",
  }),
});

type Written = z.output<typeof entryConnectionSection>;

/** How devices connect: what an entry says beats what the scenario says, member by member; undefined = neither says a thing. */
export function connectionRules(
  general: Written | undefined,
  own: Written | undefined,
): ConnectionRules | undefined {
  const sections = [general, own].filter((section) => section !== undefined);
  const retries = sections.map(({ retry }) => retry ?? {});
  const written = {
    retryFirstMs: newest(retries.map(({ first }) => msOf(first))),
    retryMaxMs: newest(retries.map(({ max }) => msOf(max))),
    retryFirstThrottledMs: newest(retries.map(({ throttled }) => msOf(throttled))),
    retryJitter: newest(retries.map(({ jitter }) => jitter)),
    reprovisionAfterMs: newest(sections.map((section) => msOf(section.reprovisionAfter))),
    readTwin: newest(sections.map((section) => section.readTwin)),
  };
  if (Object.values(written).every((value) => value === undefined)) return undefined;
  return {
    retryFirstMs: written.retryFirstMs ?? CONNECTION_RULES.retryFirstMs,
    retryMaxMs: written.retryMaxMs ?? CONNECTION_RULES.retryMaxMs,
    retryFirstThrottledMs: written.retryFirstThrottledMs ?? CONNECTION_RULES.retryFirstThrottledMs,
    retryJitter: written.retryJitter ?? CONNECTION_RULES.retryJitter,
    reprovisionAfterMs: written.reprovisionAfterMs ?? CONNECTION_RULES.reprovisionAfterMs,
    readTwin: written.readTwin ?? CONNECTION_RULES.readTwin,
  };
}

const newest = <Value>(values: readonly (Value | undefined)[]): Value | undefined =>
  values.findLast((value) => value !== undefined);

const msOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseDuration(text);

/** Waits whose bound is below the first of them. Looks at nothing that is wrong in itself. */
export function connectionRulesAgree(
  scenario: unknown,
  context: Pick<z.core.$RefinementCtx, "addIssue">,
): void {
  if (!isJsonObject(scenario)) return;
  const general = retryOf(scenario);
  tellShortMax([general], [], context);
  const { fleet } = scenario;
  for (const [index, entry] of (Array.isArray(fleet) ? fleet : []).entries()) {
    const own = retryOf(entry);
    if ("first" in own || "max" in own) tellShortMax([general, own], ["fleet", index], context);
  }
}

function tellShortMax(
  retries: readonly Readonly<Record<string, unknown>>[],
  place: readonly (string | number)[],
  context: Pick<z.core.$RefinementCtx, "addIssue">,
): void {
  const own = retries.at(-1) ?? {};
  const valueOf = (key: "first" | "max", shipped: number): number | undefined => {
    const written = newest(retries.map((retry) => retry[key]));
    if (written === undefined) return shipped;
    return typeof written === "string" ? parseDuration(written) : undefined;
  };
  const first = valueOf("first", CONNECTION_RULES.retryFirstMs);
  const max = valueOf("max", CONNECTION_RULES.retryMaxMs);
  if (first === undefined || max === undefined || max >= first) return;
  // Where this section says nothing of one of them, the other is the one to mend.
  const [key, message] =
    own["max"] === undefined
      ? [
          "first",
          `expected at most max, which is ${formatDuration(max)}, got ${showValue(own["first"])}`,
        ]
      : [
          "max",
          `expected at least first, which is ${formatDuration(first)}, got ${showValue(own["max"])}`,
        ];
  const path = [...place, "connection", "retry", key];
  context.addIssue({ code: "custom", path, message });
}

function retryOf(section: unknown): Readonly<Record<string, unknown>> {
  const connection = isJsonObject(section) ? section["connection"] : undefined;
  const retry = isJsonObject(connection) ? connection["retry"] : undefined;
  return isJsonObject(retry) ? retry : {};
}
