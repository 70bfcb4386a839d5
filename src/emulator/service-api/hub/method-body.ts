import { z } from "zod";
import { METHOD_NAME_PATTERN } from "../../../base/azure-limits.ts";
import type { Json } from "../../../base/json.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import type { MethodCall } from "../../hub/invoke-method.ts";
import { parseBody } from "../replies.ts";

const json = z.custom<Json>(() => true);

/** Azure's bound is not documented; with a longer name the topic of the call could not be written. */
const METHOD_NAME_MAX = 65_000;

/** Reads the body of `POST /twins/{id}/methods`. @throws {ServiceFault} `badRequest` */
export function parseMethodCall(body: unknown, limits: EmulatorLimits): MethodCall {
  return parseBody(methodCall(limits), body);
}

/** A direct method as a call, or a job, says it. */
export function methodCall(limits: EmulatorLimits) {
  const { methodPayloadMaxBytes, methodResponseTimeoutS } = limits;
  return z
    .object({
      methodName: z
        .string()
        .max(METHOD_NAME_MAX)
        .regex(METHOD_NAME_PATTERN, "expected a name without blanks and separators"),
      payload: json
        .optional()
        .refine(
          (payload) => Buffer.byteLength(JSON.stringify(payload ?? null)) <= methodPayloadMaxBytes,
          `more than ${methodPayloadMaxBytes} bytes`,
        ),
      responseTimeoutInSeconds: z
        .number()
        .min(limits.methodResponseTimeoutMinS)
        .max(limits.methodResponseTimeoutMaxS)
        .nullish(),
      connectTimeoutInSeconds: z.number().min(0).max(limits.methodConnectTimeoutMaxS).nullish(),
    })
    .transform((call): MethodCall => ({
      methodName: call.methodName,
      payload: call.payload,
      responseTimeoutS: call.responseTimeoutInSeconds ?? methodResponseTimeoutS,
      connectTimeoutS: call.connectTimeoutInSeconds ?? 0,
    }));
}
