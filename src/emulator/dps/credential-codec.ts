import { z } from "zod";
import type { Codec } from "../state/state.ts";
import type { Credential } from "./hub-link.ts";

/** How the credential of a device is kept. */
export const credentialCodec: Codec<Credential> = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("selfSigned"),
    primaryThumbprint: z.string(),
    secondaryThumbprint: z.string(),
  }),
  z.strictObject({ type: z.literal("sas"), primaryKey: z.string(), secondaryKey: z.string() }),
  z.strictObject({ type: z.literal("certificateAuthority") }),
  z.strictObject({ type: z.literal("none") }),
]);
