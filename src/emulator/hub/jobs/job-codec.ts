import { z } from "zod";
import { QueryError } from "../../query/query-error.ts";
import { parseTwinCondition } from "../../query/twin-condition.ts";
import { json, jsonObject, ms, orNone } from "../../state/codecs.ts";
import type { Codec } from "../../state/state.ts";
import type { DeviceJob } from "./device-jobs.ts";
import type { JobRequest, KeptJob } from "./job.ts";

const text = z.string();

const requestText = z.strictObject({
  jobId: text,
  action: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("scheduleUpdateTwin"),
      patch: z.strictObject({ tags: jsonObject.optional(), desired: jsonObject.optional() }),
      ifMatch: orNone(text),
    }),
    z.strictObject({
      type: z.literal("scheduleDeviceMethod"),
      call: z.strictObject({
        methodName: text,
        payload: orNone(json),
        responseTimeoutS: z.number(),
        connectTimeoutS: z.number(),
      }),
    }),
  ]),
  queryCondition: text,
  startMs: orNone(z.number()),
  maxExecutionTimeS: z.number(),
});

/** The condition is kept as it was written. */
const request = z.codec(
  requestText,
  z.custom<JobRequest>((value) => typeof value === "object"),
  {
    decode: (kept, context) => {
      try {
        return { ...kept, matches: parseTwinCondition(kept.queryCondition) };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        context.issues.push({ code: "custom", input: kept.queryCondition, message: error.message });
        return z.NEVER;
      }
    },
    encode: ({ jobId, action, queryCondition, startMs, maxExecutionTimeS }) => ({
      jobId,
      action,
      queryCondition,
      startMs,
      maxExecutionTimeS,
    }),
  },
);

/** How a job is kept. */
export const jobCodec: Codec<KeptJob> = z.strictObject({
  request,
  createdMs: z.number(),
  progress: z.strictObject({
    phase: z.enum(["queued", "scheduled", "running"]),
    deadlineMs: orNone(ms),
    hasFoundDevices: z.boolean(),
    end: orNone(
      z.strictObject({
        atMs: z.number(),
        outcome: z.discriminatedUnion("status", [
          z.strictObject({ status: z.enum(["completed", "cancelled"]) }),
          z.strictObject({ status: z.literal("failed"), failureReason: text }),
        ]),
      }),
    ),
  }),
});

/** How is kept where a device of a job stands. */
export const deviceJobCodec: Codec<DeviceJob> = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("pending"), updatedMs: z.number() }),
  z.strictObject({ status: z.literal("running"), updatedMs: z.number(), startMs: z.number() }),
  z.strictObject({
    status: z.literal("completed"),
    updatedMs: z.number(),
    startMs: z.number(),
    endMs: z.number(),
    response: orNone(z.strictObject({ status: z.int(), payload: json })),
  }),
  z.strictObject({
    status: z.literal("failed"),
    updatedMs: z.number(),
    startMs: orNone(z.number()),
    endMs: z.number(),
    code: text,
    description: text,
  }),
]);
