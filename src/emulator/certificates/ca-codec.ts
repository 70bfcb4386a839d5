import { z } from "zod";
import { certificate, orNone } from "../state/codecs.ts";
import type { Codec } from "../state/state.ts";
import type { CaCertificate } from "./ca-store.ts";

/** How a CA certificate is kept. */
export const caCodec: Codec<CaCertificate> = z.strictObject({
  name: z.string(),
  certificate,
  isVerified: z.boolean(),
  verificationCode: orNone(z.string()),
  etag: z.string(),
  createdMs: z.number(),
  updatedMs: z.number(),
});
