import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";

/** A member that is always there and may be undefined: null, or a list of the one value. */
export function orNone<S extends z.ZodType>(some: S) {
  return z.codec(z.union([z.null(), z.tuple([some])]), z.custom<z.output<S> | undefined>(), {
    decode: (kept): z.output<S> | undefined => (kept === null ? undefined : kept[0]),
    encode: (value): null | [z.output<S>] => (value === undefined ? null : [value]),
  });
}

/** Any JSON; it came from a parser of JSON and is not looked at again. */
export const json = z.custom<Json>((value) => value !== undefined);

export const jsonObject = z.custom<JsonObject>(isJsonObject, { error: "expected an object" });

/** Bytes, in base64. */
export const bytes = z.codec(
  z.base64(),
  z.custom<Buffer>((value) => Buffer.isBuffer(value)),
  {
    decode: (text) => Buffer.from(text, "base64"),
    encode: (buffer) => buffer.toString("base64"),
  },
);

/** A certificate, as the base64 of its DER. */
export const certificate = z.codec(
  z.base64(),
  z.custom<X509Certificate>((value) => value instanceof X509Certificate),
  {
    decode: (text, context) => {
      try {
        return new X509Certificate(Buffer.from(text, "base64"));
      } catch {
        context.issues.push({ code: "custom", input: text, message: "expected a certificate" });
        return z.NEVER;
      }
    },
    encode: ({ raw }) => raw.toString("base64"),
  },
);

/** A time in ms since 1970, or a limit of one; JSON has no Infinity. */
export const ms = z.codec(z.number().nullable(), z.number().or(z.literal(Infinity)), {
  decode: (kept) => kept ?? Infinity,
  encode: (value) => (value === Infinity ? null : value),
});
