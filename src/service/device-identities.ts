import { z } from "zod";

import type { OpenHubClient } from "./hub-client.ts";
import { serviceCall } from "./service-call.ts";
import { RefusedCall } from "./service-error.ts";

type Hub = Pick<OpenHubClient, "registry" | "host">;

interface IdentityOptions {
  /** The etag that the identity must still have, without quotes; undefined = whatever it has. */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An identity's members as far as writing it takes them, keys included. */
const identity = z.object({
  etag: z.string(),
  status: z.enum(["enabled", "disabled"]),
  statusReason: z.string().nullish(),
  authentication: z.looseObject({}),
  capabilities: z.looseObject({}).nullish(),
  deviceScope: z.string().nullish(),
  parentScopes: z.array(z.string()).nullish(),
});

/** So often somebody else may come between reading an identity and writing it. */
const ATTEMPTS = 5;

/**
 * Lets a device connect, or not any more. Everything else of its identity stays: it is written back as it was read, on
 * the etag of that.
 *
 * @returns false where it is so already
 * @throws {RefusedCall} 412 where the identity has another etag; {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function setDeviceStatus(
  hub: Hub,
  deviceId: string,
  status: "enabled" | "disabled",
  { etag, signal }: IdentityOptions = {},
): Promise<boolean> {
  const { registry, host } = hub;
  for (let attempt = 1; ; attempt += 1) {
    const now = await serviceCall({ what: `reading ${deviceId} at ${host}`, signal }, async () => {
      const { responseBody } = await registry.get(deviceId);
      return identity.parse(JSON.parse(JSON.stringify(responseBody)));
    });
    const isStale = etag !== undefined && etag !== now.etag;
    if (now.status === status && !isStale) return false;
    const what = `${status === "enabled" ? "enabling" : "disabling"} ${deviceId} at ${host}`;
    try {
      await bulkCall({ what, signal }, () =>
        registry.updateDevices([written(now, { deviceId, status, etag: etag ?? now.etag })], false),
      );
      return true;
    } catch (error) {
      const isConflict = error instanceof RefusedCall && error.refusal.status === 412;
      if (!isConflict || etag !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/** What is read as null is left out. */
function written(
  { capabilities, ...read }: z.output<typeof identity>,
  changes: { readonly deviceId: string; readonly status: string; readonly etag: string },
) {
  return { ...read, ...(capabilities ? { capabilities } : {}), ...changes };
}

/**
 * Deletes an identity, and its twin with it.
 *
 * @throws as {@link setDeviceStatus}
 */
export async function deleteDevice(
  { registry, host }: Hub,
  deviceId: string,
  { etag, signal }: IdentityOptions = {},
): Promise<void> {
  const call = { what: `deleting ${deviceId} at ${host}`, signal };
  if (etag === undefined) await serviceCall(call, () => registry.delete(deviceId));
  else await bulkCall(call, () => registry.removeDevices([{ deviceId, etag }], false));
}

/** Of a bulk call; the name of the number stands in `errorCode` or, in older answers, is the number. */
const bulkResult = z.object({
  errors: z
    .array(z.object({ errorCode: z.union([z.number(), z.string()]), errorStatus: z.string() }))
    .min(1),
});

/**
 * One device in a bulk call, which alone compares etags in Microsoft's client. What is refused comes in a result of its
 * own. Source: Microsoft Learn, IoT Hub REST API, "BulkRegistryOperationResult".
 *
 * @throws {RefusedCall} as a call for the device alone would
 */
async function bulkCall(
  options: { readonly what: string; readonly signal: AbortSignal | undefined },
  work: () => Promise<{ readonly responseBody: unknown }>,
): Promise<void> {
  let result: unknown;
  try {
    ({ responseBody: result } = await serviceCall(options, work));
  } catch (error) {
    if (error instanceof RefusedCall) requireDone(options.what, jsonIn(error.refusal.words));
    throw error;
  }
  requireDone(options.what, result);
}

function requireDone(what: string, result: unknown): void {
  const [first] = bulkResult.safeParse(result).data?.errors ?? [];
  if (first === undefined) return;
  const code = String(first.errorCode);
  const status = Number(code.slice(0, 3));
  throw new RefusedCall(what, {
    status: Number.isInteger(status) && status >= 400 ? status : 400,
    code,
    words: first.errorStatus,
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
