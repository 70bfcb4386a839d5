import { z } from "zod";
import { json, orNone } from "../state/codecs.ts";
import type { Codec } from "../state/state.ts";
import { credentialCodec } from "./credential-codec.ts";
import type { Operation } from "./operations.ts";
import { registrationCodec } from "./registration-codec.ts";

const common = { operationId: z.string(), readyAtMs: z.number() };

/** How an operation is kept. */
export const operationCodec: Codec<Operation> = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("running"),
    asked: z.strictObject({
      registrationId: z.string(),
      apiVersion: orNone(z.string()),
      payload: orNone(json),
      enrollment: z.strictObject({ kind: z.enum(["individual", "group"]), id: z.string() }),
      credential: credentialCodec,
    }),
  }),
  z.strictObject({ ...common, kind: z.literal("finished"), record: registrationCodec }),
]);
