import { z } from "zod";
import { DPS_LIMITS } from "../base/azure-limits.ts";
import { showKind } from "../base/show-value.ts";
import { AZURE_DEFAULTS, HUB_RIGHTS, limitFields, tierFields } from "../emulator/emulator.ts";
import {
  countField,
  enumField,
  fileField,
  groupField,
  hubNameField,
  idScopeField,
  latencyField,
  nameField,
  twinField,
} from "../scenario/fields.ts";

const secret = z
  .strictObject(
    { env: z.string().min(1) },
    {
      // The value may be the secret itself: tell its kind only.
      error: (issue) =>
        issue.code === "invalid_type"
          ? `expected { env: NAME }, got ${showKind(issue.input)}`
          : undefined,
    },
  )
  .meta({ description: "The environment variable that holds the key; never the key itself" });

const keys = {
  primaryKey: secret.optional(),
  secondaryKey: secret.optional(),
};

const certificates = {
  certificate: fileField.meta({ description: "PEM or DER, relative to this file" }),
  secondaryCertificate: fileField.optional(),
};

const attestation = z
  .discriminatedUnion(
    "type",
    [
      z.strictObject({ type: z.literal("x509"), ...certificates }),
      z.strictObject({ type: z.literal("symmetricKey"), ...keys }),
    ],
    { error: "expected type: x509 or type: symmetricKey" },
  )
  .meta({ description: "How devices show who they are; keys that are left out are made" });

const authentication = z
  .discriminatedUnion(
    "type",
    [
      z.strictObject({ type: z.literal("sas"), ...keys }),
      z.strictObject({ type: z.literal("selfSigned"), ...certificates }),
      z.strictObject({ type: z.literal("certificateAuthority") }),
    ],
    { error: "expected type: sas, type: selfSigned or type: certificateAuthority" },
  )
  .meta({ description: "How the device logs in; keys that are left out are made" });

const onOff = z.boolean({ error: "expected true or false" });
const deviceId = z
  .string()
  .regex(/^[A-Za-z0-9\-.%_*?!(),:;=@$'+#]{1,128}$/, { error: "expected a device id" });

const enrollmentMembers = {
  attestation,
  enabled: onOff.default(true),
  iotHubs: z
    .array(hubNameField)
    .optional()
    .meta({ description: "The hubs that its devices may come to; absent = all" }),
  allocationPolicy: enumField(["hashed", "geoLatency", "static", "custom"]).optional(),
  customAllocationDefinition: z
    .strictObject({ webhookUrl: z.string(), apiVersion: z.string() })
    .optional(),
  reprovision: enumField(["migrate", "reset", "never"])
    .optional()
    .meta({ description: "What becomes of a device that registers again and has another hub" }),
  initialTwin: z
    .strictObject({
      tags: twinField.optional(),
      properties: z.strictObject({ desired: twinField.optional() }).optional(),
    })
    .optional(),
  iotEdge: onOff.default(false),
};

const hub = z.strictObject({
  hostName: hubNameField,
  allocationWeight: countField("a whole number, 1 to 1000", 1000)
    .optional()
    .meta({ description: "Its share where devices are hashed; 1 unless told otherwise" }),
  latencyMs: latencyField
    .optional()
    .meta({ description: "How far it is, for geoLatency; of every hub or none" }),
  policies: z
    .array(
      z.strictObject({ name: nameField, rights: z.array(enumField(HUB_RIGHTS)).min(1), ...keys }),
    )
    .default([])
    .meta({ description: "Shared access policies beside, or in place of, the usual five" }),
  devices: z
    .array(
      z.strictObject({
        deviceId,
        authentication: authentication.default({ type: "sas" }),
        enabled: onOff.default(true),
        iotEdge: onOff.default(false),
        tags: twinField.optional(),
        desired: twinField.optional(),
      }),
    )
    .default([])
    .meta({ description: "Identities that the hub has from the start" }),
});

/** A configuration of the emulator as it is written; defaults are filled in. */
export const emulatorConfigSchema = z
  .strictObject({
    $schema: z.string().optional(),
    idScope: idScopeField.optional(),
    allocationPolicy: enumField(["hashed", "geoLatency", "static"])
      .optional()
      .meta({ description: "For enrollments that have none of their own; hashed" }),
    hubs: z.array(hub).min(1).max(DPS_LIMITS.linkedHubs).optional(),
    enrollments: z
      .array(
        z.strictObject({
          registrationId: groupField,
          deviceId: deviceId.optional(),
          ...enrollmentMembers,
        }),
      )
      .default([])
      .meta({ description: "Individual enrollments" }),
    enrollmentGroups: z
      .array(z.strictObject({ enrollmentGroupId: groupField, ...enrollmentMembers }))
      .default([]),
    tier: tierFields.tier.meta({
      description: "What each hub is sized like, and throttled; none = nothing is",
    }),
    units: tierFields.units.meta({ description: "Of the tier, for each hub; 1" }),
    dpsRegistrationsPerMinute: tierFields.dpsRegistrationsPerMinute.meta({
      description: "Registrations that DPS takes in 60 s; 1000 with a tier, else without limit",
    }),
    tierLimits: tierFields.tierLimits.meta({
      description: "Rates and quota of each hub in place of the tier's",
    }),
    limits: z
      .strictObject(limitFields)
      .partial()
      .default({})
      .meta({ description: "Windows, delays and quotas in place of Azure's" }),
  })
  .meta({ title: "dps-fleet emulator" });

export type EmulatorConfigFile = z.output<typeof emulatorConfigSchema>;

/** The JSON Schema of configurations, for editors, with Azure's limits; `docs/emulator.schema.json` holds it. */
export function emulatorJsonSchema(): object {
  const schema = z.toJSONSchema(emulatorConfigSchema, { io: "input" });
  const limits = schema.properties?.["limits"];
  if (typeof limits !== "object") throw new TypeError("the schema has no limits");
  for (const [name, field] of Object.entries(limits.properties ?? {}))
    if (typeof field === "object") field.default = Reflect.get(AZURE_DEFAULTS, name);
  return schema;
}
