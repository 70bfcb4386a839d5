import { z } from "zod";
import type { AccessPolicy } from "./access-policy.ts";
import { DPS_RIGHTS, HUB_RIGHTS } from "./access-policy.ts";
import type { Codec } from "./state/state.ts";

/** How a shared access policy is kept. */
export const accessPolicyCodec: Codec<AccessPolicy> = z.strictObject({
  name: z.string(),
  primaryKey: z.string(),
  secondaryKey: z.string(),
  rights: z.array(z.enum([...HUB_RIGHTS, ...DPS_RIGHTS])),
});
