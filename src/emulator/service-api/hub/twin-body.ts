import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";
import type { TwinSections } from "../../hub/twins/update-twin.ts";
import { parseBody } from "../replies.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");

/** What a service may write of a twin; null means the same as left out (`?`). */
export const twinMembers = {
  tags: jsonObject.nullish(),
  properties: z.object({ desired: jsonObject.nullish() }).nullish(),
};

const twin = z.object(twinMembers);

/**
 * Reads the body of `PATCH` and `PUT /twins/{id}`. Clients may send a whole twin back; only tags and desired properties
 * are theirs to write, the rest is ignored.
 *
 * @throws {ServiceFault} `badRequest`
 */
export function parseTwin(body: unknown): TwinSections {
  return sectionsOf(parseBody(twin, body));
}

export function sectionsOf(sent: z.output<typeof twin>): TwinSections {
  return { tags: sent.tags ?? undefined, desired: sent.properties?.desired ?? undefined };
}
