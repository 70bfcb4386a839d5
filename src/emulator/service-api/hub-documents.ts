import { z } from "zod";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import type { IdentityUpdate } from "../hub/device-store.ts";
import type { MethodCall } from "../hub/invoke-method.ts";
import { normalizeThumbprint } from "../peer-certificate.ts";
import { parseBody } from "./replies.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");
const json = z.custom<Json>(() => true);

/** Clients may send a whole twin back; only tags and desired are theirs to write, the rest is ignored. */
const twinPatch = z.object({
  tags: jsonObject.nullish(),
  properties: z.object({ desired: jsonObject.nullish() }).nullish(),
});

export function parseTwinPatch(body: unknown): {
  readonly tags: JsonObject | undefined;
  readonly desired: JsonObject | undefined;
} {
  const patch = parseBody(twinPatch, body);
  return { tags: patch.tags ?? undefined, desired: patch.properties?.desired ?? undefined };
}

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

const device = z.looseObject({
  deviceId: z.string(),
  status: z.enum(["enabled", "disabled"]).default("enabled"),
  statusReason: z.string().nullish(),
  authentication: z
    .looseObject({
      type: z.string().nullish(),
      x509Thumbprint: z
        .object({
          primaryThumbprint: z.string().nullish(),
          secondaryThumbprint: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  capabilities: z.object({ iotEdge: z.boolean().default(false) }).nullish(),
});

// Source: Microsoft Learn, "Understand the identity registry in your IoT hub", "Device identity properties".
export const DEVICE_ID = /^[A-Za-z0-9\-.%_*?!(),:=@$'+#]{1,128}$/;

/** Reads the body of `PUT /devices/{id}`. @throws {ServiceFault} `badRequest`, `notImplemented` */
export function parseDevice(deviceId: string, body: unknown): IdentityUpdate {
  const parsed = parseBody(device, body);
  if (parsed.deviceId !== deviceId || !DEVICE_ID.test(deviceId))
    throw new ServiceFault("badRequest", "deviceId: not that of the path, or bad.");
  const thumbprints = parsed.authentication?.x509Thumbprint;
  const primary = normalizeThumbprint(thumbprints?.primaryThumbprint ?? "");
  const secondary = normalizeThumbprint(thumbprints?.secondaryThumbprint ?? "");
  const type = parsed.authentication?.type ?? (primary === "" ? "sas" : "selfSigned");
  if (type !== "selfSigned")
    throw new ServiceFault(
      "notImplemented",
      `authentication ${type}: known in Azure, not in this emulator.`,
    );
  if (![primary, secondary].every((thumbprint) => [0, 40, 64].includes(thumbprint.length)))
    throw new ServiceFault("badRequest", "x509Thumbprint: expected 40 or 64 hex digits.");
  if (primary === "" && secondary === "")
    throw new ServiceFault("badRequest", "x509Thumbprint: at least one is needed.");
  return {
    enabled: parsed.status === "enabled",
    statusReason: parsed.statusReason ?? undefined,
    credential: { type, primaryThumbprint: primary, secondaryThumbprint: secondary },
    iotEdge: parsed.capabilities?.iotEdge ?? false,
  };
}
