import { z } from "zod";
import { RETRY_JITTERS, TWIN_READINGS } from "../base/connection-rules.ts";
import { REFUSAL_CLASSES } from "../base/failure.ts";
import { LOG_LEVELS } from "../base/log.ts";
import { STOP_KINDS } from "../base/stop-kind.ts";
import { TRANSPORTS } from "../base/transport.ts";
import type { WorkerCommand } from "./protocol.ts";

const secretRef = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: z.string() }),
]);

const ms = z.number().nonnegative();

const fault = z.strictObject({
  kind: z.string().min(1),
  parameters: z.record(z.string(), z.json()),
  times: z.discriminatedUnion("by", [
    z.strictObject({ by: z.literal("script"), at: z.string(), atMs: ms, forMs: ms.optional() }),
    z.strictObject({ by: z.literal("age"), atMs: z.array(ms), forMs: ms.optional() }),
    z.strictObject({
      by: z.literal("chance"),
      everyMs: z.number().positive(),
      forMs: ms.optional(),
    }),
  ]),
});

const connection = z.strictObject({
  retryFirstMs: z.number().positive(),
  retryMaxMs: z.number().positive(),
  retryFirstThrottledMs: z.number().positive(),
  retryJitter: z.enum(RETRY_JITTERS),
  reprovisionAfterMs: z.number().positive(),
  readTwin: z.enum(TWIN_READINGS),
});

const deviceSpec = z.strictObject({
  index: z.int().nonnegative(),
  registrationId: z.string().min(1),
  hub: z.string().min(1).optional(),
  assignment: z.strictObject({ hub: z.string().min(1), deviceId: z.string().min(1) }).optional(),
  firstSeq: z.int().positive().optional(),
  model: z.string().min(1),
  settings: z.record(z.string(), z.json()),
  credentials: z.discriminatedUnion("format", [
    z.strictObject({
      format: z.literal("pem"),
      passphrase: secretRef.optional(),
      files: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
    }),
    z.strictObject({
      format: z.literal("pfx"),
      password: secretRef.optional(),
      file: z.string().optional(),
    }),
    z.strictObject({
      format: z.literal("symmetricKey"),
      key: secretRef,
      scope: z.enum(["group", "individual"]),
      tokenLifetimeS: z.int().min(2),
    }),
    z.strictObject({
      format: z.literal("connectionString"),
      file: z.string(),
      tokenLifetimeS: z.int().min(2),
    }),
  ]),
  telemetry: z.strictObject({
    intervalMs: z.number().positive(),
    jitter: z.number().min(0).max(1),
  }),
  connection: connection.optional(),
  faults: z.array(fault).optional(),
  expectedRefusal: z.enum(REFUSAL_CLASSES).optional(),
  startMs: z.number().nullable(),
});

const connectTo = z.strictObject({
  host: z.string(),
  port: z.int().optional(),
  address: z.string(),
  toPort: z.int(),
});

const shardStart = z.strictObject({
  runId: z.string(),
  worker: z.int().nonnegative(),
  boot: z.int().positive(),
  seed: z.number(),
  devices: z.array(deviceSpec),
  alerts: z.array(
    z.strictObject({
      name: z.string(),
      when: z.string(),
      where: z.record(z.string(), z.string()),
    }),
  ),
  phases: z.array(z.strictObject({ name: z.string(), atMs: ms })),
  timeScale: z.number().positive(),
  concurrency: z.int().positive().optional(),
  attemptsPerS: z.number().positive().optional(),
  cachesAssignments: z.boolean().optional(),
  hearsMessages: z.boolean().optional(),
  certsDir: z.string(),
  modelsDir: z.string(),
  endpoints: z.strictObject({
    provisioningHost: z.string().min(1),
    idScope: z.string(),
    caPem: z.string().optional(),
    connectTo: z.array(connectTo),
    transport: z.enum(TRANSPORTS),
  }),
  saveMessages: z.boolean(),
  tellsSettled: z.boolean().optional(),
  snapshotIntervalMs: z.number().positive(),
  logLevel: z.enum(LOG_LEVELS),
});

const registrationIds = z.array(z.string().min(1));

const workerCommand = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("start"), shard: shardStart }),
  z.strictObject({ type: z.literal("begin"), timeZeroMs: z.number() }),
  z.strictObject({
    type: z.literal("startDevices"),
    starts: z.array(z.strictObject({ registrationId: z.string().min(1), dueMs: ms })),
  }),
  z.strictObject({
    type: z.literal("identitiesChanged"),
    registrationIds,
  }),
  z.strictObject({ type: z.literal("holdStarts"), registrationIds }),
  z.strictObject({
    type: z.literal("stopDevices"),
    registrationIds,
    how: z.enum(STOP_KINDS),
  }),
  z.strictObject({ type: z.literal("deviceFault"), registrationIds, fault }),
  z.strictObject({
    type: z.literal("retune"),
    registrationIds,
    intervalMs: z.number().positive(),
  }),
  z.strictObject({ type: z.literal("stop") }),
]);

/** Parses what came over IPC. @throws {z.ZodError} on anything that the supervisor does not send */
export function parseWorkerCommand(raw: unknown): WorkerCommand {
  return workerCommand.parse(raw);
}
