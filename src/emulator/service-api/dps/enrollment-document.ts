import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";
import { registrationStateOf } from "../../dps/bodies.ts";
import { ENROLLMENT_ID, enrollmentRecord } from "../../dps/enrollment-record.ts";
import type { Enrollment, EnrollmentKind, EnrollmentSettings } from "../../dps/enrollments.ts";
import type { Registration } from "../../dps/registrations.ts";
import { isRegistrationId } from "../../dps/user-name.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import { ServiceFault } from "../../fault.ts";
import { DEVICE_ID } from "../../hub/registry/device-id.ts";
import { requireInitialTwin } from "../../hub/twins/twin.ts";
import {
  attestationDocument,
  attestationMechanism,
  attestationOf,
} from "./attestation-mechanism.ts";

// Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), IndividualEnrollment and
// EnrollmentGroup. Members that clients send back from a GET are known and ignored; unknown ones are refused.

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");

/** Source: Microsoft Learn, "How to use custom allocation policies": the first API version with webhooks. */
const FIRST_WEBHOOK_VERSION = "2018-09-01";

const customAllocationDefinition = z.strictObject({
  webhookUrl: z.string().refine(isWebhookUrl, "expected an http or https URL without a user"),
  apiVersion: z
    .string()
    .refine(
      (text) => /^\d{4}-\d{2}-\d{2}(?:-preview)?$/.test(text) && text >= FIRST_WEBHOOK_VERSION,
      `expected a date from ${FIRST_WEBHOOK_VERSION} on`,
    ),
});

/** Names of hubs differ in more than case. */
const hostNames = z.array(z.string().toLowerCase());

/** What both kinds have. */
const members = {
  attestation: attestationMechanism,
  capabilities: z.object({ iotEdge: z.boolean().default(false) }).nullish(),
  iotHubHostName: z.string().toLowerCase().nullish(),
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
  iotHubs: hostNames.nullish(),
  customAllocationDefinition: customAllocationDefinition.nullish(),
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
  const attestation = attestationOf(sent.attestation, kind, context.isVerifiedCa);
  if (sent.id.toLowerCase() !== id.toLowerCase() || !isRegistrationId(id))
    throw new ServiceFault(
      "invalidEnrollment",
      `${ENROLLMENT_ID[kind]}: not that of the path, or bad.`,
    );
  const iotHubs = sent.iotHubs ?? (sent.iotHubHostName ? [sent.iotHubHostName] : []);
  const strangers = iotHubs.filter((hub) => !context.linkedHubs.includes(hub));
  if (strangers.length > 0)
    throw new ServiceFault("invalidEnrollment", `iotHubs: not linked: ${strangers.join(", ")}.`);
  if (sent.allocationPolicy === "static" && iotHubs.length !== 1)
    throw new ServiceFault("invalidEnrollment", "iotHubs: static allocation needs exactly one.");
  const customAllocation = sent.customAllocationDefinition ?? undefined;
  if (sent.allocationPolicy === "custom" && customAllocation === undefined)
    throw new ServiceFault(
      "invalidEnrollment",
      "customAllocationDefinition: custom allocation needs it.",
    );
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
    reprovisionPolicy: sent.reprovisionPolicy ?? undefined,
    allocationPolicy: sent.allocationPolicy ?? undefined,
    iotHubs,
    customAllocation,
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
  const { keys, record } = options;
  const attestation = attestationDocument(enrollment.attestation, enrollment.kind, { keys });
  return {
    ...enrollmentRecord(enrollment, attestation),
    registrationState: record === undefined ? undefined : registrationStateOf(record),
  };
}

function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
