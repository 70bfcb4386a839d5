import { z } from "zod";
import type { FaultKind, FaultParameter } from "./fault-kind.ts";
import { nearest } from "./nearest.ts";
import { showValue } from "./show-value.ts";
import type { OperationKind } from "./service-operations.ts";
import { OPERATIONS } from "./service-operations.ts";
import { DPS_SERVICE } from "./fault-kind.ts";

type Input = { readonly input?: unknown };
type NumberParameter = Extract<FaultParameter, { readonly least: number }>;
interface ChoiceParameter<V> {
  readonly values: readonly V[];
  readonly default: NoInfer<V>;
}

/** Ids and patterns that one fault can name. */
export const FAULT_DEVICES_MAX = 10_000;

const WEEK_MS = 7 * 86_400_000;

function bounded(least: number, most: number, kind: "number" | "whole number") {
  const error = ({ input }: Input): string =>
    `expected a ${kind} from ${least} to ${most}, got ${showValue(input)}`;
  const bare = kind === "number" ? z.number({ error }) : z.int({ error });
  return bare.min(least, { error }).max(most, { error });
}

/** A parameter that is a number; its default where it is not given. */
export function numberOf(parameter: NumberParameter) {
  const { least, most, whole } = parameter;
  return bounded(least, most, whole ? "whole number" : "number").default(parameter.default);
}

/** A parameter that is one of some values; its default where it is not given. */
export function choiceOf<const V extends string | number>(parameter: ChoiceParameter<V>) {
  const { values } = parameter;
  const error = ({ input }: Input): string =>
    `expected one of ${values.join(", ")}, got ${showValue(input)}`;
  return z.literal<readonly V[]>(values, { error }).default(parameter.default);
}

const operation = z.custom<OperationKind>(
  (value) => typeof value === "string" && Object.hasOwn(OPERATIONS, value),
  {
    error: ({ input }: Input) => {
      const known = Object.keys(OPERATIONS);
      const near = typeof input === "string" ? nearest(input, known) : undefined;
      const hint = near === undefined ? `one of ${known.join(", ")}` : `perhaps ${near}`;
      return `expected an operation, ${hint}; got ${showValue(input)}`;
    },
  },
);

/** What it looks like, where nobody knows yet which hubs there are. */
const HUB_HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63})+$/;

function serviceOf(at: FaultKind["at"], hubs: readonly string[] | undefined) {
  const known = [
    ...(at === "hubs" ? [] : [DPS_SERVICE]),
    ...(at === "dps" ? [] : (hubs ?? ["the host name of a hub"])),
  ];
  const oneOf = known.length === 1 ? "" : "one of ";
  const error = ({ input }: Input): string =>
    `expected ${oneOf}${known.join(", ")}, got ${showValue(input)}`;
  const isHub = (name: string): boolean => hubs?.includes(name) ?? HUB_HOST.test(name);
  return z
    .string({ error })
    .toLowerCase()
    .refine((name) => (at !== "hubs" && name === DPS_SERVICE) || (at !== "dps" && isHub(name)), {
      error,
    });
}

const refused = (what: string) =>
  z.never({ error: `this kind is not narrowed by ${what}` }).optional();

/** Members are described at `FaultScope`; a kind refuses those that it is not narrowed by. */
function scopeOf({ at, by }: Narrowing, hubs: readonly string[] | undefined) {
  const byDevices = by.includes("devices");
  const pattern = z.string().min(1, { error: "expected a device id or a pattern" }).max(256);
  return z.strictObject({
    service: serviceOf(at, hubs).optional(),
    devices: byDevices
      ? z.array(pattern).min(1).max(FAULT_DEVICES_MAX).optional()
      : refused("devices"),
    share: byDevices ? bounded(0, 1, "number").optional() : refused("a share of devices"),
    operations: by.includes("operations")
      ? z.array(operation).min(1).optional()
      : refused("operations"),
  });
}

function timesOf({ isState }: Narrowing) {
  return isState === true
    ? z.never({ error: "this kind is on or off, and ends by its time or its removal" })
    : bounded(1, 1_000_000_000, "whole number");
}

/** By what faults of a kind can be narrowed. */
export type Narrowing = Pick<FaultKind, "at" | "by" | "isState">;

/** What faults of every kind have. @param hubs host names in lower case; undefined = any */
export function commonFields(narrowing: Narrowing, hubs: readonly string[] | undefined) {
  return {
    /** Where it acts; everywhere unless it says otherwise. */
    scope: scopeOf(narrowing, hubs).prefault({}),
    /** Chooses the devices of a share, and what is random. */
    seed: bounded(0, 2 ** 32 - 1, "whole number").default(1),
    /** From now to its begin. */
    delayMs: bounded(0, WEEK_MS, "number").default(0),
    /** From its begin to its end; without it, and without `times`, it lasts until it is removed. */
    durationMs: bounded(1, WEEK_MS, "number").optional(),
    /** After so many strikes it ends. */
    times: timesOf(narrowing).optional(),
  };
}
