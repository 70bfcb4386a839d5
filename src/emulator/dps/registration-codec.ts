import { z } from "zod";
import { json, orNone } from "../state/codecs.ts";
import type { Codec } from "../state/state.ts";
import type { Registration } from "./registrations.ts";

const text = z.string();

/** How a registration record is kept. */
export const registrationCodec: Codec<Registration> = z.strictObject({
  registrationId: text,
  enrollmentGroupId: orNone(text),
  attestation: z.enum(["x509", "symmetricKey"]),
  createdDateTimeUtc: text,
  assignedHub: orNone(text),
  deviceId: orNone(text),
  status: z.enum(["assigning", "assigned", "failed"]),
  substatus: orNone(
    z.enum([
      "initialAssignment",
      "deviceDataMigrated",
      "deviceDataReset",
      "reprovisionedToInitialAssignment",
    ]),
  ),
  errorCode: orNone(z.int()),
  errorMessage: orNone(text),
  lastUpdatedDateTimeUtc: text,
  etag: text,
  payload: orNone(json),
});
