import { z } from "zod";
import type { DeviceFaultName, DeviceFaultParameter } from "./device-fault-kinds.ts";
import { DEVICE_FAULT_KINDS } from "./device-fault-kinds.ts";
import type { Problem } from "./errors.ts";
import { describeIssue } from "./issue-problems.ts";
import type { JsonObject } from "./json.ts";
import { nearest } from "./nearest.ts";
import { showValue } from "./show-value.ts";
import { parseDuration, parseSize } from "./units.ts";
import { formatPath } from "./format-path.ts";

const SIZE_MOST = 1_048_576;
const DAY_MS = 86_400_000;

/** What `parse` understands, as it gives it; anything else is told as what was expected. */
function parameter<Value>(
  { expected, default: standard }: DeviceFaultParameter,
  parse: (written: unknown) => Value | undefined,
) {
  return z
    .unknown()
    .prefault(standard)
    .transform((written, context): Value => {
      const value = parse(written);
      if (value !== undefined) return value;
      context.addIssue({
        code: "custom",
        message: `expected ${expected}, got ${showValue(written)}`,
      });
      return z.NEVER;
    });
}

/** Milliseconds, negative where `-` stands before them; at most ten years. */
function signedDuration(written: unknown): number | undefined {
  if (typeof written !== "string") return undefined;
  const ms = parseDuration(written.replace(/^-/, ""));
  if (ms === undefined || ms > 3_650 * DAY_MS) return undefined;
  return written.startsWith("-") ? -ms : ms;
}

function lateness(written: unknown): number | undefined {
  const ms = typeof written === "string" ? parseDuration(written) : undefined;
  return ms !== undefined && ms > 0 && ms <= DAY_MS ? ms : undefined;
}

function sizeOf(written: unknown): number | undefined {
  const bytes = typeof written === "string" ? parseSize(written) : undefined;
  return bytes !== undefined && bytes >= 1 && bytes <= SIZE_MOST ? Math.round(bytes) : undefined;
}

/** A share as a fraction, above 0 up to 1. */
function shareOf(written: unknown): number | undefined {
  const match = typeof written === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(written) : null;
  const fraction = Number(match?.[1]) / 100;
  return fraction > 0 && fraction <= 1 ? fraction : undefined;
}

const timesOf = (written: unknown): number | undefined =>
  typeof written === "number" && Number.isInteger(written) && written >= 2 && written <= 10
    ? written
    : undefined;

const otherThanZero = (written: unknown): number | undefined =>
  typeof written === "number" && Number.isFinite(written) && written !== 0 ? written : undefined;

const nameOf = (written: unknown): string | undefined =>
  typeof written === "string" && written !== "" ? written : undefined;

const KINDS = DEVICE_FAULT_KINDS;
const messages = parameter(KINDS.dropout.parameters.messages, shareOf);
const field = parameter(KINDS.notANumber.parameters.field, nameOf).optional();

const SCHEMA = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("notANumber"), field, messages }),
  z.strictObject({ kind: z.literal("wrongType"), field, messages }),
  z.strictObject({
    kind: z.literal("oversizedBody"),
    size: parameter(KINDS.oversizedBody.parameters.size, sizeOf),
    messages,
  }),
  z.strictObject({
    kind: z.literal("clockSkew"),
    by: parameter(KINDS.clockSkew.parameters.by, signedDuration),
    messages,
  }),
  z.strictObject({
    kind: z.literal("duplicate"),
    times: parameter(KINDS.duplicate.parameters.times, timesOf),
    messages,
  }),
  z.strictObject({
    kind: z.literal("late"),
    by: parameter(KINDS.late.parameters.by, lateness),
    messages,
  }),
  z.strictObject({ kind: z.literal("dropout"), messages }),
  z.strictObject({ kind: z.literal("sendFailure"), messages }),
  z.strictObject({ kind: z.literal("disconnect") }),
  z.strictObject({ kind: z.literal("stuck") }),
  z.strictObject({
    kind: z.literal("wrongReport"),
    property: parameter(KINDS.wrongReport.parameters.property, nameOf).optional(),
    by: parameter(KINDS.wrongReport.parameters.by, otherThanZero),
  }),
]);

/** A fault of a device with all its parameters: durations in ms, sizes in bytes, shares as fractions. */
export type DeviceFault = z.output<typeof SCHEMA>;

/** Reads a fault as a scenario writes it; `problems` has all that is wrong, each at its parameter. */
export function readDeviceFault(
  kind: DeviceFaultName,
  parameters: JsonObject,
):
  | { readonly ok: true; readonly fault: DeviceFault }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const value = { ...parameters, kind };
  const parsed = SCHEMA.safeParse(value, { error: describeIssue });
  if (parsed.success) return { ok: true, fault: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.flatMap(({ path, message, ...issue }) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownParameter(kind, key))
        : [{ place: formatPath(path), message }],
    ),
  };
}

/** Every member that a fault of a scenario has beside its parameters. */
const MEMBERS = ["kind", "devices", "at", "every", "for"];

function unknownParameter(kind: DeviceFaultName, key: string): Problem {
  const known = Object.keys(KINDS[kind].parameters);
  const near = nearest(key, [...known, ...MEMBERS]);
  const has = known.length === 0 ? `${kind} has no parameters` : `${kind} has ${known.join(", ")}`;
  return {
    place: key,
    message: `unknown key "${key}"`,
    hint: near === undefined ? has : `did you mean ${near}?`,
  };
}
