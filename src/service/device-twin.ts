import { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import type { OpenHubClient } from "./hub-client.ts";
import { serviceCall } from "./service-call.ts";

/** Desired or reported properties. */
export interface TwinSection {
  /** `$version`. */
  readonly version: number;
  /** Without `$version` and `$metadata`. */
  readonly values: JsonObject;
  /** `$metadata`, which mirrors the properties: when each was written last, by the hub's clock. */
  readonly metadata: JsonObject;
}

/** A twin as services see it. Source: Microsoft Learn, "Understand and use device twins in IoT Hub". */
export interface DeviceTwin {
  readonly deviceId: string;
  readonly etag: string;
  readonly version: number;
  readonly modelId: string | undefined;
  readonly status: string | undefined;
  readonly connectionState: string | undefined;
  readonly lastActivityTime: string | undefined;
  readonly authenticationType: string | undefined;
  readonly tags: JsonObject;
  readonly desired: TwinSection;
  readonly reported: TwinSection;
  /** All that the service gave. It holds no key. */
  readonly document: JsonObject;
}

const json = z.record(z.string(), z.json());
const section = json.transform(({ $version, $metadata, ...values }): TwinSection => ({
  version: typeof $version === "number" ? $version : 0,
  values,
  metadata: isJsonObject($metadata) ? $metadata : {},
}));
const text = z
  .string()
  .nullish()
  .transform((given) => given ?? undefined);

const known = z.object({
  deviceId: z.string(),
  etag: z.string(),
  version: z.number().default(0),
  modelId: text,
  status: text,
  connectionState: text,
  lastActivityTime: text,
  authenticationType: text,
  tags: json.nullish().transform((given) => given ?? {}),
  properties: z.object({ desired: section, reported: section }),
});

/**
 * A twin out of an answer of the service, or a row of a query for whole twins.
 *
 * @throws {z.ZodError} where it is none
 */
export function parseTwin(answer: unknown): DeviceTwin {
  const document = json.parse(answer);
  const { properties, ...twin } = known.parse(document);
  return { ...twin, ...properties, document };
}

/** The SDK's object, whose JSON is the document. */
export const twinOfSdk = (given: unknown): DeviceTwin =>
  parseTwin(JSON.parse(JSON.stringify(given)));

/**
 * Reads a twin.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export function readTwin(
  { registry, host }: Pick<OpenHubClient, "registry" | "host">,
  deviceId: string,
  signal?: AbortSignal,
): Promise<DeviceTwin> {
  return serviceCall({ what: `reading the twin of ${deviceId} at ${host}`, signal }, async () => {
    const { responseBody } = await registry.getTwin(deviceId);
    return twinOfSdk(responseBody);
  });
}
