import { z } from "zod";

import { processHealth } from "../metrics/generator/health-schema.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { WorkerEvent } from "../worker/protocol.ts";

const problem = z.object({
  place: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

/**
 * The frame of a snapshot. Its inside is not walked, but for how the process did: it comes from a process of this very build, a second at a time
 * with thousands of rows, and the walk would cost more than the merge.
 */
function isSnapshot(value: unknown): value is Snapshot {
  const frame = z.object({
    worker: z.int(),
    boot: z.int(),
    sequence: z.int(),
    counters: z.object({}),
    histograms: z.object({}),
    perSecond: z.object({}).optional(),
    devices: z.array(z.unknown()),
    events: z.array(z.unknown()),
    messages: z.array(z.unknown()),
    health: processHealth.optional(),
    resources: z.object({ cpuS: z.number(), rssBytes: z.number() }),
  });
  return frame.safeParse(value).success;
}

const workerEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("snapshot"), snapshot: z.custom<Snapshot>(isSnapshot) }),
  z.object({ type: z.literal("stopped") }),
  z.object({
    type: z.literal("failed"),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    problems: z.array(problem),
  }),
]);

/** @returns the event, or `undefined` for anything that no worker of this build sends; never throws */
export function parseWorkerEvent(message: unknown): WorkerEvent | undefined {
  return workerEvent.safeParse(message).data;
}
