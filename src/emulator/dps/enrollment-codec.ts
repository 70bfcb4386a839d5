import { z } from "zod";
import { certificate, jsonObject, orNone } from "../state/codecs.ts";
import type { Codec } from "../state/state.ts";
import type { Enrollment } from "./enrollments.ts";

const text = z.string();

const attestation = z.union([
  z.strictObject({
    type: z.literal("x509"),
    primary: orNone(certificate),
    secondary: orNone(certificate),
  }),
  z.strictObject({
    type: z.literal("x509"),
    caReferences: z.strictObject({ primary: orNone(text), secondary: orNone(text) }),
  }),
  z.strictObject({ type: z.literal("symmetricKey"), primaryKey: text, secondaryKey: text }),
]);

/** How an enrollment is kept. */
export const enrollmentCodec: Codec<Enrollment> = z.strictObject({
  kind: z.enum(["individual", "group"]),
  id: text,
  attestation,
  deviceId: orNone(text),
  optionalDeviceInformation: orNone(jsonObject),
  enabled: z.boolean(),
  initialTwin: z.strictObject({ tags: jsonObject, desired: jsonObject }),
  iotEdge: z.boolean(),
  reprovisionPolicy: orNone(
    z.strictObject({ updateHubAssignment: z.boolean(), migrateDeviceData: z.boolean() }),
  ),
  allocationPolicy: orNone(z.enum(["hashed", "geoLatency", "static", "custom"])),
  iotHubs: z.array(text),
  customAllocation: orNone(z.strictObject({ webhookUrl: text, apiVersion: text })),
  etag: text,
  createdDateTimeUtc: text,
  lastUpdatedDateTimeUtc: text,
});
