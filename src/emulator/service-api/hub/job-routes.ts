import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { jobDocument } from "../../hub/jobs/job-document.ts";
import type { ApiScope } from "../api-server.ts";
import { asks, asksVariant } from "../gated-routes.ts";
import type { HubApiOptions } from "./hub-routes.ts";
import { parseJobRequest } from "./job-request.ts";
import { pageOf } from "../paging.ts";
import { pageRequestOf, parseBody, sendJson, sendPage } from "../replies.ts";

/** All that the swagger names; jobs of other types or in other states there are none. */
const JOB_STATUSES = [
  "unknown",
  "enqueued",
  "running",
  "completed",
  "failed",
  "cancelled",
  "scheduled",
  "queued",
] as const;
const JOB_TYPES = [
  "unknown",
  "export",
  "import",
  "backup",
  "readDeviceProperties",
  "writeDeviceProperties",
  "updateDeviceConfiguration",
  "rebootDevice",
  "factoryResetDevice",
  "firmwareUpdate",
  "scheduleDeviceMethod",
  "scheduleUpdateTwin",
  "restoreFromBackup",
  "failoverDataCopy",
] as const;

const oneOf = <T extends string>(values: readonly T[]) =>
  z.string().transform((text, context) => {
    const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue(`expected one of ${values.join(", ")}`);
    return z.NEVER;
  });
const jobFilter = z.object({
  jobStatus: oneOf(JOB_STATUSES).optional(),
  jobType: oneOf(JOB_TYPES).optional(),
});

const typed = z.object({ type: z.enum(["scheduleDeviceMethod", "scheduleUpdateTwin"]) });

/** The type of the job that a request creates, as far as it says so. */
const jobTypeOf = (request: FastifyRequest): string | undefined =>
  typed.safeParse(request.body).data?.type;

interface ById {
  readonly Params: { readonly id: string };
}

/** Twin and method jobs; paths and methods as JobClient of azure-iothub 1.16 calls them. */
export function jobRoutes(api: ApiScope, { around, hubOf }: HubApiOptions): void {
  api.put<ById>(
    "/jobs/v2/:id",
    asksVariant(jobTypeOf, "createJob", "ServiceConnect"),
    async (request, reply) => {
      const job = parseJobRequest(request.params.id, request.body, around.limits);
      await sendJson(reply, 200, jobDocument(hubOf(request).jobs.create(job)));
    },
  );
  api.get<ById>("/jobs/v2/:id", asks("readJob", "ServiceConnect"), async (request, reply) => {
    await sendJson(reply, 200, jobDocument(hubOf(request).jobs.get(request.params.id)));
  });
  api.post<ById>(
    "/jobs/v2/:id/cancel",
    asks("cancelJob", "ServiceConnect"),
    async (request, reply) => {
      const job = await hubOf(request).jobs.cancel(request.params.id);
      await sendJson(reply, 200, jobDocument(job));
    },
  );
  api.get("/jobs/v2/query", asks("listJobs", "ServiceConnect"), async (request, reply) => {
    const { jobStatus, jobType } = parseBody(jobFilter, request.query);
    const jobs = hubOf(request).jobs.all();
    const page = pageOf(
      jobs.filter(
        (job) =>
          (jobStatus === undefined || job.status === jobStatus) &&
          (jobType === undefined || job.request.action.type === jobType),
      ),
      (job) => `${String(job.createdMs).padStart(15, "0")} ${job.request.jobId}`,
      pageRequestOf(request, around.limits),
    );
    await sendPage(reply, { ...page, items: page.items.map(jobDocument) }, "JobResponse");
  });
}
