import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import { ServiceFault } from "../../fault.ts";
import type { JobAction, JobRequest } from "../../hub/jobs/job.ts";
import { QueryError } from "../../query/query-error.ts";
import { parseTwinCondition } from "../../query/twin-condition.ts";
import { methodCall } from "./method-body.ts";
import { parseBody } from "../replies.ts";
import { sectionsOf, twinMembers } from "./twin-body.ts";

// Source of members and rules: Microsoft Learn, "Schedule jobs on multiple devices", and the swagger's JobRequest.

const JOB_ID = /^[A-Za-z0-9-]{1,64}$/;

/**
 * Reads the body of `PUT /jobs/v2/{id}`.
 *
 * @throws {ServiceFault} `badRequest` naming every problem
 */
export function parseJobRequest(jobId: string, body: unknown, limits: EmulatorLimits): JobRequest {
  if (!JOB_ID.test(jobId))
    throw new ServiceFault("badRequest", "jobId: expected 1 to 64 letters, digits and dashes.");
  const job = parseBody(jobBody(jobId, limits), body);
  return {
    jobId,
    action: job.action,
    queryCondition: job.queryCondition.text,
    matches: job.queryCondition.matches,
    startMs: job.startTime ?? undefined,
    maxExecutionTimeS: job.maxExecutionTimeInSeconds ?? limits.jobMaxExecutionTimeS,
  };
}

function jobBody(jobId: string, limits: EmulatorLimits) {
  const common = {
    jobId: z.literal(jobId, "not that of the path").nullish(),
    queryCondition: queryCondition(limits),
    startTime: startTime.nullish(),
    maxExecutionTimeInSeconds: z.int().min(1).max(limits.jobMaxExecutionTimeMaxS).nullish(),
  };
  const twinJob = z
    .object({ ...common, type: z.literal("scheduleUpdateTwin"), updateTwin })
    .transform(({ type, updateTwin: { etag, ...patch }, ...job }) => {
      const action: JobAction = { type, patch, ifMatch: etag };
      return { ...job, action };
    });
  const methodJob = z
    .object({
      ...common,
      type: z.literal("scheduleDeviceMethod"),
      cloudToDeviceMethod: methodCall(limits),
    })
    .transform(({ type, cloudToDeviceMethod: call, ...job }) => {
      const action: JobAction = { type, call };
      return { ...job, action };
    });
  return z.discriminatedUnion("type", [twinJob, methodJob]);
}

const updateTwin = z
  .object({ ...twinMembers, etag: z.string().nullish() })
  .transform(({ etag, ...sections }) => ({ etag: etag ?? undefined, ...sectionsOf(sections) }))
  .refine(
    ({ tags, desired }) => tags !== undefined || desired !== undefined,
    "expected tags or properties.desired",
  );

/** Nothing means now; without a zone it is UTC. */
const startTime = z.union([
  z.literal("").transform(() => undefined),
  z.iso
    .datetime({ offset: true, local: true, error: "expected a time in ISO 8601" })
    .transform((text) => Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)),
]);

interface TwinCondition {
  readonly text: string;
  readonly matches: (twin: JsonObject) => boolean;
}

function queryCondition({ queryMaxLength }: EmulatorLimits) {
  return z
    .string()
    .max(queryMaxLength)
    .transform((text, context): TwinCondition => {
      try {
        return { text, matches: parseTwinCondition(text) };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        context.addIssue(error.message);
        return z.NEVER;
      }
    });
}
