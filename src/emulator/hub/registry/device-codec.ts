import { z } from "zod";
import { credentialCodec } from "../../dps/credential-codec.ts";
import { jsonObject, orNone } from "../../state/codecs.ts";
import type { Codec } from "../../state/state.ts";
import type { DeviceRecord } from "./device-store.ts";

const text = z.string();

const twinSection = z.strictObject({
  value: jsonObject,
  metadata: jsonObject,
  version: z.int(),
});

/** How an identity is kept with its twin. */
export const deviceCodec: Codec<DeviceRecord> = z.strictObject({
  deviceId: text,
  generationId: text,
  etag: text,
  enabled: z.boolean(),
  statusReason: orNone(text),
  statusUpdatedTime: text,
  credential: credentialCodec,
  iotEdge: z.boolean(),
  deviceScope: orNone(text),
  parentScopes: z.array(text),
  modelId: text,
  twin: z.strictObject({
    tags: jsonObject,
    desired: twinSection,
    reported: twinSection,
    version: z.int(),
  }),
});
