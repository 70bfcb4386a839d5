import { setTimeout as delay } from "node:timers/promises";
import iothub from "azure-iothub";
import { z } from "zod";
import { redirect } from "../../integration/emulator-service-clients.ts";
import type { Target } from "./target.ts";

const job = z.looseObject({
  jobId: z.string(),
  status: z.string(),
  deviceJobStatistics: z
    .object({
      deviceCount: z.number(),
      failedCount: z.number(),
      succeededCount: z.number(),
      runningCount: z.number(),
      pendingCount: z.number(),
    })
    .optional(),
});
export type JobAnswer = z.output<typeof job>;

/** Reads what Microsoft's JobClient gives, which it does not type. */
export const jobOf = ({ jobStatus }: { readonly jobStatus: unknown }): JobAnswer =>
  job.parse(jobStatus);

/** Microsoft's unmodified client for the jobs of the target's first hub. */
export function jobClient(target: Target): iothub.JobClient {
  const client = iothub.JobClient.fromConnectionString(target.hubs[0]?.connectionString ?? "");
  if (target.agent !== undefined) redirect(client, target.agent);
  return client;
}

/** Looks at a job, as the SDK's samples do, until `isSo`; there is no event that tells. */
export async function jobWhen(
  client: iothub.JobClient,
  jobId: string,
  isSo: (answer: JobAnswer) => boolean,
): Promise<JobAnswer> {
  for (;;) {
    const answer = jobOf(await client.getJob(jobId));
    if (isSo(answer)) return answer;
    await delay(50);
  }
}

/** The job at its end, whatever came of it. */
export const endedJob = (client: iothub.JobClient, jobId: string): Promise<JobAnswer> =>
  jobWhen(client, jobId, ({ status }) => ["completed", "failed", "cancelled"].includes(status));
