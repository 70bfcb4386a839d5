import { z } from "zod";

import { FAILURE_CLASSES } from "../base/failure.ts";
import { STOP_KINDS } from "../base/stop-kind.ts";
import { DEVICE_STATES } from "../metrics/device-row.ts";

const about = { t: z.number(), deviceId: z.string() };
const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const phases = z.record(z.string(), ms);
const properties = z.record(z.string(), z.json());
const state = z.enum(DEVICE_STATES);
export const failureClass = z.enum(FAILURE_CLASSES);

const event = <Type extends string, Members extends z.ZodRawShape>(
  type: Type,
  members: Members,
): z.ZodObject<{ type: z.ZodLiteral<Type> } & typeof about & Members, z.core.$strict> =>
  z.strictObject({ type: z.literal(type), ...about, ...members });

/** What happens to one device, as `run.ndjson` has it; the types of `metrics/device-event.ts`. */
export const deviceEvents = [
  event("state", { from: state, to: state, how: z.enum(STOP_KINDS).optional() }),
  event("registration", { hub: z.string(), attempts: count, ms, phases }),
  event("throttled", { retryAfterMs: ms }),
  event("connection", { hub: z.string(), reconnect: z.boolean(), ms, phases }),
  event("disconnection", { hub: z.string(), errorClass: failureClass, error: z.string() }),
  event("desired", { version: count, initial: z.boolean(), patch: properties }),
  event("desiredDropped", { version: count, why: z.enum(["duplicate", "outOfOrder"]) }),
  event("desiredMissed", {
    from: count,
    to: count,
    learnt: z.enum(["gap", "read"]),
    healed: z.boolean(),
  }),
  event("reported", { desiredVersion: count, patch: properties, ms }),
  event("settled", { values: properties }),
  event("certificate", {
    state: z.enum(["found", "refused", "inUse"]),
    thumbprint: z.string().optional(),
    validTo: z.string().optional(),
    error: z.string().optional(),
  }),
  event("model", {
    name: z.string(),
    level: z.enum(["info", "warning"]),
    text: z.string(),
    data: properties.optional(),
  }),
  event("alert", {
    alert: z.string(),
    state: z.enum(["raised", "cleared"]),
    reading: z.string().optional(),
  }),
  event("fault", {
    kind: z.string(),
    state: z.enum(["begun", "ended"]),
    parameters: properties,
    at: z.string().optional(),
  }),
  event("cloudMessage", { messageId: z.string().optional(), bytes: z.number() }),
  event("method", { method: z.string(), status: z.number(), ms }),
  event("error", {
    errorClass: failureClass,
    error: z.string(),
    code: z.string().optional(),
    trackingId: z.string().optional(),
    final: z.boolean(),
    expected: z.literal(true).optional(),
  }),
] as const;
