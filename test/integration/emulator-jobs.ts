import { once } from "node:events";
import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";
import type { EmulatorLimits } from "../../src/emulator/defaults.ts";
import { formatSasToken } from "../support/sas-token.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

/** A twin job and a method job on every device. */
export const TAGS = {
  type: "scheduleUpdateTwin",
  updateTwin: { etag: "*", tags: { n: 1 } },
  queryCondition: "*",
};
export const METHOD = {
  type: "scheduleDeviceMethod",
  cloudToDeviceMethod: { methodName: "do", payload: null },
  queryCondition: "*",
};

const statistics = z.object({
  deviceCount: z.number(),
  failedCount: z.number(),
  succeededCount: z.number(),
  runningCount: z.number(),
  pendingCount: z.number(),
});
const answer = z.looseObject({
  status: z.string().optional(),
  deviceJobStatistics: statistics.optional(),
  Message: z.string().optional(),
});
export interface JobAnswer {
  readonly status: number;
  readonly body: z.output<typeof answer>;
}

/** An emulator with quick jobs, two active ones at most; each waits for two devices at a time. */
export interface JobWorld extends AsyncDisposable {
  readonly world: TestEmulator;
  /** Puts the emulator's clock forward. */
  skip(ms: number): void;
  /** A call with the right token; a text as body is sent as it is. */
  call(method: string, path: string, body?: unknown): Promise<JobAnswer>;
}

export async function jobWorld(limits: Partial<EmulatorLimits> = {}): Promise<JobWorld> {
  let skippedMs = 0;
  const world = await emulatorForTest({
    jobsMaxActive: 2,
    jobDeviceRatePerS: 1000,
    jobDeviceConcurrency: 2,
    ...limits,
    clock: () => Date.now() + skippedMs,
  });
  const { emulator, pki } = world;
  const ca = pki.root.certificatePem;
  const agent = new Agent({ host: emulator.host, port: emulator.httpsPort, ca, keepAlive: true });
  const key = /SharedAccessKey=(.+)$/.exec(emulator.hubConnectionStrings[0] ?? "")?.[1] ?? "";
  return {
    world,
    skip: (ms) => {
      skippedMs += ms;
    },
    call: async (method, path, body) => {
      const endS = Math.floor((Date.now() + skippedMs) / 1000) + 600;
      const authorization = formatSasToken(HUB, { name: "iothubowner", key }, endS);
      const asked = request({ agent, host: HUB, method, path, headers: { authorization } });
      asked.end(typeof body === "object" ? JSON.stringify(body) : body);
      const [response] = await once(asked, "response");
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return {
        status: response.statusCode,
        body: answer.parse(JSON.parse(Buffer.concat(chunks).toString())),
      };
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await emulator.stop();
    },
  };
}

/** Looks at a job until it `isSo`; its counts must add up each time. */
export async function jobWhen(
  world: JobWorld,
  jobId: string,
  isSo: (status: string) => boolean,
): Promise<JobAnswer["body"]> {
  for (;;) {
    const { body } = await world.call("GET", `/jobs/v2/${jobId}`);
    const counts = statistics.parse(body.deviceJobStatistics);
    const { failedCount, succeededCount, runningCount, pendingCount, deviceCount } = counts;
    expect(failedCount + succeededCount + runningCount + pendingCount).toBe(deviceCount);
    if (isSo(body.status ?? "")) return body;
    await delay(10);
  }
}

/** The job at its end, whatever came of it. */
export const endedJob = (world: JobWorld, jobId: string): Promise<JobAnswer["body"]> =>
  jobWhen(world, jobId, (status) => ["completed", "failed", "cancelled"].includes(status));
