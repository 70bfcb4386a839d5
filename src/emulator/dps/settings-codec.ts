import { z } from "zod";
import { accessPolicyCodec } from "../access-policy-codec.ts";
import type { Codec } from "../state/state.ts";
import type { DpsSettings, LinkedHub } from "./linked-hubs.ts";

/** The settings of a DPS instance as they are kept: a hub by its name. */
export interface KeptDpsSettings extends Omit<DpsSettings, "iotHubs"> {
  readonly iotHubs: readonly KeptLink[];
  readonly etag: string;
}

type KeptLink = Omit<LinkedHub, "hub"> & { readonly hostName: string };

export const settingsCodec: Codec<KeptDpsSettings> = z.strictObject({
  iotHubs: z.array(
    z.strictObject({
      hostName: z.string(),
      policyName: z.string(),
      location: z.string(),
      allocationWeight: z.number(),
      applyAllocationPolicy: z.boolean(),
    }),
  ),
  allocationPolicy: z.enum(["hashed", "geoLatency", "static"]),
  policies: z.array(accessPolicyCodec),
  etag: z.string(),
});
