import { z } from "zod";
import type { Json } from "../../base/json.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import type { MethodCall } from "../hub/invoke-method.ts";
import { parseBody } from "./replies.ts";

const json = z.custom<Json>(() => true);

// Source: Microsoft Learn, "Understand and invoke direct methods", "Method name" and "Request".
const METHOD_NAME = /^[!#%&'*+\-.0-9A-Z^_`a-z|~]+$/;

/** Reads the body of `POST /twins/{id}/methods`. @throws {ServiceFault} `badRequest` */
export function parseMethodCall(body: unknown, limits: EmulatorLimits): MethodCall {
  const call = parseBody(
    z.object({
      methodName: z.string().regex(METHOD_NAME, "expected a name without blanks and separators"),
      payload: json.optional(),
      responseTimeoutInSeconds: z
        .number()
        .min(limits.methodResponseTimeoutMinS)
        .max(limits.methodResponseTimeoutMaxS)
        .nullish(),
      connectTimeoutInSeconds: z.number().min(0).max(limits.methodConnectTimeoutMaxS).nullish(),
    }),
    body,
  );
  const size = Buffer.byteLength(JSON.stringify(call.payload ?? null));
  if (size > limits.methodPayloadMaxBytes)
    throw new ServiceFault(
      "badRequest",
      `payload: more than ${limits.methodPayloadMaxBytes} bytes.`,
    );
  return {
    methodName: call.methodName,
    payload: call.payload,
    responseTimeoutS: call.responseTimeoutInSeconds ?? limits.methodResponseTimeoutS,
    connectTimeoutS: call.connectTimeoutInSeconds ?? 0,
  };
}
