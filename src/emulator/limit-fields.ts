import { z } from "zod";
import { showValue } from "../base/show-value.ts";
import type { EmulatorLimits } from "./defaults.ts";

type Input = { readonly input?: unknown };

function numeric(least: number, most: number | undefined, kind: "number" | "whole number") {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const error = ({ input }: Input): string =>
    `expected a ${kind} ${range}, got ${showValue(input)}`;
  const bare = kind === "number" ? z.number({ error }) : z.int({ error });
  const bounded = bare.min(least, { error });
  return most === undefined ? bounded : bounded.max(most, { error });
}

/** Durations may have fractions. */
const duration = numeric(0, undefined, "number");
const count = numeric(0, undefined, "whole number");
const positive = numeric(1, undefined, "whole number");
const positiveRate = z.number().positive({
  error: ({ input }: Input) => `expected a number above 0, got ${showValue(input)}`,
});
const integer = z.int({
  error: ({ input }: Input) => `expected a whole number, got ${showValue(input)}`,
});
const onOff = z.boolean({
  error: ({ input }: Input) => `expected true or false, got ${showValue(input)}`,
});
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, {
    error: ({ input }: Input) => `expected one of ${values.join(", ")}, got ${showValue(input)}`,
  });

/** What each limit may be; all are described where `EmulatorLimits` is. */
export const limitFields = {
  retryAfterS: duration,
  assignmentMs: duration,
  webhookRetriesMax: count,
  webhookRetryFirstMs: duration,
  webhookRetryGrowthMs: duration,
  webhookTimeoutMs: duration,
  webhookAnswerMaxBytes: count,
  linkedHubsMax: positive,
  registerMaxBytes: count,
  telemetryMaxBytes: count,
  methodPayloadMaxBytes: count,
  methodResponseTimeoutS: duration,
  methodResponseTimeoutMinS: duration,
  methodResponseTimeoutMaxS: duration,
  methodConnectTimeoutMaxS: duration,
  foreignTopics: oneOf(["close", "refuse"]),
  commandMaxBytes: count,
  commandQueueDepthMax: count,
  commandTtlMs: duration,
  commandTtlMaxMs: duration,
  commandLockMs: duration,
  commandDeliveryCountMax: positive,
  commandDeliveryCounts: oneOf(["abandoning", "everyDelivery"]),
  commandRedelivery: oneOf(["lockEnd", "reconnect"]),
  tagsMaxBytes: count,
  propertiesMaxBytes: count,
  twinKeyMaxBytes: count,
  twinStringMaxBytes: count,
  twinDepthMax: positive,
  twinIntegerMin: integer,
  twinIntegerMax: integer,
  keepaliveMaxS: numeric(1, 65_535, "whole number"),
  connectTimeoutMs: positive,
  unknownIdScope: oneOf(["connect", "register"]),
  sameHubSubstatus: oneOf([
    "byApiVersion",
    "initialAssignment",
    "reprovisionedToInitialAssignment",
  ]),
  enrollmentKeysShown: onOff,
  requireVerifiedCa: onOff,
  caCertificatesMax: count,
  jobsMaxActive: count,
  jobsMaxCount: count,
  jobRetentionMs: duration,
  jobMaxExecutionTimeS: duration,
  jobMaxExecutionTimeMaxS: duration,
  jobDeviceRatePerS: positiveRate,
  jobDeviceConcurrency: positive,
  sasClockSkewS: duration,
  queryPageSize: positive,
  queryPageSizeMax: positive,
  routingEndpointsMax: count,
  routesMax: count,
  queryMaxLength: count,
  devicesMax: count,
  enrollmentsMax: count,
  x509GroupsMax: count,
  symmetricKeyGroupsMax: count,
  bulkEnrollmentsMax: count,
  bulkDevicesMax: count,
  identityCloseDelayMs: duration,
  eventPartitions: numeric(1, 1000, "whole number"),
  eventRetentionMs: duration,
  consumerGroupsMax: positive,
  consumerGroupReadersMax: positive,
  eventsMaxCount: count,
  eventsMaxBytes: count,
  drainMs: duration,
} as const satisfies { readonly [K in keyof EmulatorLimits]: z.ZodType<EmulatorLimits[K]> };
