import { z } from "zod";
import { REGISTRATION_ID_PATTERN, TWIN_LIMITS } from "../base/azure-limits.ts";
import { DURATION_PATTERN, parseDuration } from "../base/units.ts";
import { parseAlertCondition } from "../metrics/alert-condition.ts";
import { parseThreshold } from "../metrics/thresholds.ts";
import { parseKeyVaultUri } from "../base/key-vault-uri.ts";
import { showValue } from "../base/show-value.ts";

/** A text that `accepts`; anything else is told as `expected …, got …`. `pattern` is for editors only. */
export function textField(
  expected: string,
  accepts: (text: string) => boolean,
  pattern?: RegExp,
): z.ZodString {
  const error = (issue: { readonly input?: unknown }): string =>
    `expected ${expected}, got ${showValue(issue.input)}`;
  const field = z.string({ error }).refine(accepts, { error });
  return pattern === undefined ? field : field.meta({ pattern: pattern.source });
}

const patternField = (expected: string, pattern: RegExp): z.ZodString =>
  textField(expected, (text) => pattern.test(text), pattern);

export const durationField = textField(
  "a duration such as 5s, 500ms or 2m",
  (text) => parseDuration(text) !== undefined,
  DURATION_PATTERN,
);

export const positiveDurationField = textField(
  "a duration above 0 such as 5s, 500ms or 2m",
  (text) => (parseDuration(text) ?? 0) > 0,
  DURATION_PATTERN,
);

const shareError = ({ input }: { readonly input?: unknown }): string =>
  `expected 0% to 100%, got ${showValue(input)}`;

/** `10%`, or 0. */
export const shareField = z
  .union(
    [
      z.string().regex(/^(100|\d{1,2}(\.\d+)?)%$/, { error: shareError }),
      z.literal(0, { error: shareError }),
    ],
    { error: shareError },
  )
  .meta({ description: "A percentage from 0% to 100%" });

export const nameField = patternField(
  "a name of 1 to 64 letters, digits, dots, hyphens and underscores",
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
);

export const hostField = patternField(
  "a host name",
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
);

/** A hub that the emulator can be: its CA signs for these names only. Source: "Azure resource naming rules", IoT Hub. */
export const hubNameField = patternField(
  "a hub name of 3 to 50 letters, digits and hyphens such as my-hub.azure-devices.net",
  /^[A-Za-z0-9][A-Za-z0-9-]{1,48}[A-Za-z0-9]\.azure-devices\.net$/,
);

export const idScopeField = patternField("an ID scope such as 0ne000CA7E5", /^[A-Za-z0-9]{1,64}$/);

/** Group ids obey the rules of registration ids. */
export const groupField = patternField(
  "an enrollment group of letters, digits and - . _ :, not ending in . _ :",
  /^[A-Za-z0-9._:-]{0,127}[A-Za-z0-9-]$/,
);

export const registrationIdField = textField(
  "a registration id of letters, digits and - . _ :, not ending in . _ :, with {n} for the number",
  (text) => REGISTRATION_ID_PATTERN.test(text.replaceAll("{n}", "1")),
);

export const modelField = textField("the name of a device model", (text) => text !== "");

const fileError = ({ input }: { readonly input?: unknown }): string =>
  `expected the name of a file, got ${showValue(input)}`;

/** The path of a file. */
export const fileField = z.string({ error: fileError }).min(1, { error: fileError });

/** The URI of a secret in Azure Key Vault. Only what is wrong with it is told: the text may be the secret itself. */
export const keyVaultField = z
  .string({ error: "expected the URI of a secret in Azure Key Vault" })
  .superRefine((text, context) => {
    const parsed = parseKeyVaultUri(text);
    if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
  })
  .meta({ pattern: "^https://[^/]+/secrets/[0-9A-Za-z-]+(/[0-9a-fA-F]{32})?/?$" });

/** A whole number; anything else is told as `expected …, got …`. */
function wholeField(expected: string, min: number, max: number): z.ZodInt {
  const error = (issue: { readonly input?: unknown }): string =>
    `expected ${expected}, got ${showValue(issue.input)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Least and most of `timeScaleField`. */
export const TIME_SCALES = [0.001, 100_000] as const;
const [TIME_SCALE_MIN, TIME_SCALE_MAX] = TIME_SCALES;

const timeScaleError = ({ input }: { readonly input?: unknown }): string =>
  `expected a number, ${TIME_SCALE_MIN} to ${TIME_SCALE_MAX}, got ${showValue(input)}`;

/** Seconds of the devices' own time for each second of their intervals. */
export const timeScaleField = z
  .number({ error: timeScaleError })
  .min(TIME_SCALE_MIN, { error: timeScaleError })
  .max(TIME_SCALE_MAX, { error: timeScaleError });

export const secondsField = (max: number): z.ZodInt =>
  wholeField(`whole seconds from 0 to ${max}`, 0, max);

/** How far a hub is, in ms. */
export const latencyField = wholeField("whole milliseconds from 0 to 60000", 0, 60_000);

export const thresholdField = z
  .string({ error: ({ input }) => `expected a threshold, got ${showValue(input)}` })
  .superRefine((text, context) => {
    const parsed = parseThreshold(text);
    if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
  });

export const alertField = z
  .string({ error: ({ input }) => `expected a condition, got ${showValue(input)}` })
  .superRefine((text, context) => {
    const parsed = parseAlertCondition(text);
    if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
  });

export const countField = (expected: string, max: number): z.ZodInt => wholeField(expected, 1, max);

export const enumField = <const Values extends readonly [string, ...string[]]>(
  values: Values,
): z.ZodEnum<{ [Value in Values[number]]: Value }> =>
  z.enum(values, {
    error: ({ input }) => `expected one of ${values.join(", ")}, got ${showValue(input)}`,
  });

/** JSON as a desired section or tags hold it. Source: "Understand and use device twins in IoT Hub", twin format. */
export const twinField = z
  .record(z.string(), z.json(), {
    error: ({ input }) => `expected a mapping of JSON values, got ${showValue(input)}`,
  })
  .superRefine((section, context) => {
    for (const message of twinProblems(section, 1)) context.addIssue({ code: "custom", message });
  });

/** What a device's twin begins with. */
export const initialTwinField = z.strictObject({
  tags: twinField.optional(),
  properties: z.strictObject({ desired: twinField.optional() }).optional(),
});

function twinProblems(section: Readonly<Record<string, unknown>>, depth: number): string[] {
  if (depth > TWIN_LIMITS.depth) {
    return [`expected at most ${TWIN_LIMITS.depth} levels of nesting`];
  }
  return Object.entries(section).flatMap(([key, value]) => [
    ...(/[.$ ]|\p{Cc}/u.test(key) || key === ""
      ? [`expected a twin key without ".", "$", spaces and control characters, got "${key}"`]
      : []),
    ...(isMapping(value) ? twinProblems(value, depth + 1) : []),
  ]);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
