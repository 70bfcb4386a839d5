import { z } from "zod";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { registrationStateOf } from "../dps/bodies.ts";
import type { Enrollment, EnrollmentKind, EnrollmentSettings } from "../dps/enrollments.ts";
import type { Registration } from "../dps/registrations.ts";
import { isRegistrationId } from "../dps/user-name.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import { requireInitialTwin } from "../hub/twin.ts";
import {
  attestationDocument,
  attestationMechanism,
  attestationOf,
} from "./attestation-mechanism.ts";
import { DEVICE_ID } from "./hub-documents.ts";

// Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), IndividualEnrollment and
// EnrollmentGroup. Members that clients send back from a GET are known and ignored; unknown ones are refused.

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");

/** What both kinds have. */
const members = {
  attestation: attestationMechanism,
  capabilities: z.object({ iotEdge: z.boolean().default(false) }).nullish(),
  iotHubHostName: z.string().nullish(),
  initialTwin: z
    .object({
      tags: jsonObject.nullish(),
      properties: z.object({ desired: jsonObject.nullish() }).nullish(),
    })
    .nullish(),
  etag: z.string().nullish(),
  provisioningStatus: z.enum(["enabled", "disabled"]).nullish(),
  reprovisionPolicy: z
    .object({
      updateHubAssignment: z.boolean().default(true),
      migrateDeviceData: z.boolean().default(true),
    })
    .nullish(),
  createdDateTimeUtc: z.string().nullish(),
  lastUpdatedDateTimeUtc: z.string().nullish(),
  allocationPolicy: z.enum(["hashed", "geoLatency", "static", "custom"]).nullish(),
  iotHubs: z.array(z.string()).nullish(),
  customAllocationDefinition: z.unknown().optional(),
};

const individual = z.strictObject({
  ...members,
  registrationId: z.string(),
  deviceId: z
    .string()
    .refine((text) => text === "" || DEVICE_ID.test(text), "expected a device id")
    .nullish(),
  registrationState: z.unknown().optional(),
  optionalDeviceInformation: jsonObject.nullish(),
});
const group = z.strictObject({ ...members, enrollmentGroupId: z.string() });

/** Which member holds the id. */
const ID = { individual: "registrationId", group: "enrollmentGroupId" } as const;

/**
 * Reads the body of `PUT /enrollments/{id}` or `PUT /enrollmentGroups/{id}`.
 *
 * @param context `linkedHubs`: the host names that an enrollment may name; `isVerifiedCa`: whether it may refer to a CA
 * certificate of this name
 * @throws {ServiceFault} `invalidEnrollment` with all problems; `notImplemented` for what Azure knows and this does not
 */
export function parseEnrollment(
  kind: EnrollmentKind,
  id: string,
  body: unknown,
  context: {
    readonly linkedHubs: readonly string[];
    readonly isVerifiedCa: (name: string) => boolean;
    readonly limits: EmulatorLimits;
  },
): EnrollmentSettings {
  const sent = kind === "individual" ? individualOf(body) : groupOf(body);
  if (sent.allocationPolicy === "custom")
    throw new ServiceFault(
      "notImplemented",
      "allocationPolicy custom: known in Azure, not in this emulator.",
    );
  const attestation = attestationOf(sent.attestation, kind, context.isVerifiedCa);
  if (sent.id.toLowerCase() !== id.toLowerCase() || !isRegistrationId(id))
    throw new ServiceFault("invalidEnrollment", `${ID[kind]}: not that of the path, or bad.`);
  const iotHubs = sent.iotHubs ?? (sent.iotHubHostName ? [sent.iotHubHostName] : []);
  const strangers = iotHubs.filter((hub) => !context.linkedHubs.includes(hub));
  if (strangers.length > 0)
    throw new ServiceFault("invalidEnrollment", `iotHubs: not linked: ${strangers.join(", ")}.`);
  if (sent.allocationPolicy === "static" && iotHubs.length !== 1)
    throw new ServiceFault("invalidEnrollment", "iotHubs: static allocation needs exactly one.");
  const initialTwin = {
    tags: sent.initialTwin?.tags ?? {},
    desired: sent.initialTwin?.properties?.desired ?? {},
  };
  requireInitialTwin(initialTwin, context.limits);
  return {
    kind,
    id: sent.id,
    attestation,
    deviceId: sent.deviceId || undefined,
    optionalDeviceInformation: sent.optionalDeviceInformation ?? undefined,
    enabled: sent.provisioningStatus !== "disabled",
    initialTwin,
    iotEdge: sent.capabilities?.iotEdge ?? false,
    reprovision: sent.reprovisionPolicy ?? { updateHubAssignment: true, migrateDeviceData: true },
    allocationPolicy: sent.allocationPolicy ?? undefined,
    iotHubs,
  };
}

type Sent = z.output<typeof individual> & { readonly id: string };

function individualOf(body: unknown): Sent {
  const sent = parsed(individual, body);
  return { ...sent, id: sent.registrationId };
}

function groupOf(body: unknown): Omit<Sent, "registrationId"> {
  const sent = parsed(group, body);
  return { ...sent, id: sent.enrollmentGroupId };
}

function parsed<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const outcome = schema.safeParse(body);
  if (outcome.success) return outcome.data;
  throw new ServiceFault(
    "invalidEnrollment",
    outcome.error.issues.map((i) => `${i.path.join(".") || "body"}: ${i.message}`).join("; "),
  );
}

/**
 * An enrollment as GET and PUT show it: certificates with what they say.
 *
 * @param options `keys`: whether symmetric keys are shown; `record`: the registration of an individual enrollment
 */
export function enrollmentDocument(
  enrollment: Enrollment,
  options: { readonly keys: boolean; readonly record: Registration | undefined },
): Readonly<Record<string, unknown>> {
  const { kind } = enrollment;
  const { keys, record } = options;
  return {
    [ID[kind]]: enrollment.id,
    deviceId: enrollment.deviceId,
    registrationState: record === undefined ? undefined : registrationStateOf(record),
    optionalDeviceInformation: enrollment.optionalDeviceInformation,
    attestation: attestationDocument(enrollment.attestation, kind, { keys }),
    capabilities: { iotEdge: enrollment.iotEdge },
    etag: enrollment.etag,
    initialTwin: {
      tags: enrollment.initialTwin.tags,
      properties: { desired: enrollment.initialTwin.desired },
    },
    provisioningStatus: enrollment.enabled ? "enabled" : "disabled",
    reprovisionPolicy: enrollment.reprovision,
    createdDateTimeUtc: enrollment.createdDateTimeUtc,
    lastUpdatedDateTimeUtc: enrollment.lastUpdatedDateTimeUtc,
    allocationPolicy: enrollment.allocationPolicy,
    iotHubs: enrollment.iotHubs.length === 0 ? undefined : enrollment.iotHubs,
  };
}
