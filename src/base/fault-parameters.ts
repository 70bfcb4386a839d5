import { z } from "zod";
import type { FaultName } from "./fault-kinds.ts";
import { FAULT_KINDS } from "./fault-kinds.ts";
import { choiceOf, numberOf } from "./fault-fields.ts";

const none = z.strictObject({}).prefault({});

function lateness({
  ms,
  jitterMs,
}: (typeof FAULT_KINDS)["latency" | "pubackLate" | "networkLatency"]["parameters"]) {
  return z.strictObject({ ms: numberOf(ms), jitterMs: numberOf(jitterMs) }).prefault({});
}

const goneAnswer = z
  .strictObject({ answer: choiceOf(FAULT_KINDS.hubGone.parameters.answer) })
  .prefault({});

/** What the parameters of each kind may be; the catalogue has their ranges and defaults. */
export const FAULT_PARAMETERS = {
  throttled: z
    .strictObject({ retryAfterS: numberOf(FAULT_KINDS.throttled.parameters.retryAfterS) })
    .prefault({}),
  serverError: z
    .strictObject({ status: choiceOf(FAULT_KINDS.serverError.parameters.status) })
    .prefault({}),
  authError: none,
  quotaExceeded: none,
  latency: lateness(FAULT_KINDS.latency.parameters),
  connackCode: z
    .strictObject({ code: choiceOf(FAULT_KINDS.connackCode.parameters.code) })
    .prefault({}),
  hubGone: goneAnswer,
  dpsGone: goneAnswer,
  pubackLate: lateness(FAULT_KINDS.pubackLate.parameters),
  pubackLost: none,
  desiredLost: none,
  desiredTwice: none,
  methodLost: none,
  killTcp: z.strictObject({ how: choiceOf(FAULT_KINDS.killTcp.parameters.how) }).prefault({}),
  shutDownMqtt: none,
  blackHole: z
    .strictObject({ afterwards: choiceOf(FAULT_KINDS.blackHole.parameters.afterwards) })
    .prefault({}),
  halfOpen: none,
  networkLatency: lateness(FAULT_KINDS.networkLatency.parameters),
  serverCertificateExpired: none,
} as const satisfies { readonly [K in FaultName]: z.ZodType };
