import { z } from "zod";
import { DPS_LIMITS } from "../base/azure-limits.ts";
import { TRANSPORTS } from "../base/transport.ts";
import { emulatorSection } from "./emulator-section.ts";
import {
  countField,
  durationField,
  enumField,
  groupField,
  hostField,
  idScopeField,
  keyVaultField,
  initialTwinField,
  modelField,
  nameField,
  positiveDurationField,
  rateField,
  registrationIdField,
  shareField,
  thresholdField,
  twinField,
} from "./fields.ts";
import { showKind } from "../base/show-value.ts";

export const TARGETS = ["emulator", "azure"] as const;
/** Kinds of key pairs that leaves can have. */
export const KEY_KINDS = ["p256", "p384", "rsa2048", "rsa4096"] as const;

/** Allocation policies that a group needs nothing else for. */
const ALLOCATIONS = ["hashed", "geoLatency"] as const;

/** What a scenario without thresholds is judged by. */
export const DEFAULT_THRESHOLDS = ["devices_assigned == 100%", "telemetry_missing == 0"];

const secret = z
  .union(
    [
      z.strictObject({ env: z.string().min(1) }),
      z.strictObject({ file: z.string().min(1) }),
      z.strictObject({ keyVault: keyVaultField }),
    ],
    {
      // The value may be the secret itself: tell its kind only.
      error: ({ input }) =>
        `expected { env: NAME }, { file: PATH } or { keyVault: URI }, got ${showKind(input)}`,
    },
  )
  .meta({ description: "Where the secret comes from; never the secret itself" });

const key = enumField(KEY_KINDS)
  .optional()
  .meta({ description: "Kind of key of the leaf; absent = any will do, new ones are p256" });

const credentials = z
  .discriminatedUnion(
    "format",
    [
      z.strictObject({ format: z.literal("pem"), passphrase: secret.optional(), key }),
      z.strictObject({ format: z.literal("pfx"), password: secret.optional(), key }),
    ],
    { error: "expected format: pem or format: pfx" },
  )
  .meta({ description: "Which files under certs/ hold the device's identity" });

const telemetry = z.strictObject({
  interval: positiveDurationField
    .default("5s")
    .meta({ description: "Time between two messages of a device" }),
  jitter: shareField
    .default("10%")
    .meta({ description: "Random part of each interval, plus or minus" }),
});

const fleetEntry = z
  .strictObject({
    model: modelField.meta({ description: "Name of a shipped device model" }),
    count: countField("a whole number of devices, 1 to 1000000", DPS_LIMITS.registrationRecords),
    registrationId: registrationIdField.meta({
      description: "Registration id, which is the leaf's common name; {n} counts from 1",
    }),
    credentials: credentials.default({ format: "pem" }),
    telemetry: telemetry.default({ interval: "5s", jitter: "10%" }),
    settings: z
      .record(z.string(), z.json())
      .default({})
      .meta({ description: "Settings of the device model" }),
  })
  .superRefine(({ count, registrationId }, context) => {
    if (count > 1 && !registrationId.includes("{n}")) {
      context.addIssue({
        code: "custom",
        path: ["registrationId"],
        message: `expected {n} in the registration id of ${count} devices, got "${registrationId}"`,
      });
    }
  });

const timelineEntry = z.strictObject({
  at: durationField.meta({ description: "Time after the first device's start" }),
  twin: z
    .strictObject({
      devices: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
          error: "expected a registration id or a list of them",
        })
        .meta({ description: "Registration ids whose desired properties are patched" }),
      desired: twinField,
    })
    .meta({ description: "A desired patch, made by the service" }),
});

/** A scenario file as it is written; everything that may be left out has its default filled in. */
export const scenarioSchema = z
  .strictObject({
    name: nameField.meta({ description: "Name of the scenario, shown in results" }),
    target: enumField(TARGETS)
      .default("emulator")
      .meta({ description: "Where the fleet connects: this machine's emulator, or Azure" }),
    transport: enumField(TRANSPORTS)
      .default("mqtt")
      .meta({ description: "What devices speak: MQTT over TLS at 8883, or over WebSocket at 443" }),
    emulator: emulatorSection
      .default({})
      .meta({ description: "Settings of the emulator that the run starts" }),
    provisioning: z.strictObject({
      idScope: idScopeField.optional().meta({ description: "ID scope of the DPS instance" }),
      host: hostField
        .optional()
        .meta({ description: "Default: global.azure-devices-provisioning.net" }),
      group: groupField.meta({ description: "Enrollment group that the devices belong to" }),
      createGroup: z.boolean().optional().meta({
        description:
          "Create the group if missing; default true where a service connection is at hand",
      }),
      allocation: enumField(ALLOCATIONS).optional().meta({
        description: "How the created group chooses a hub; default: as the DPS instance does",
      }),
      initialTwin: initialTwinField
        .optional()
        .meta({ description: "Twin that a device gets when DPS creates it" }),
    }),
    fleet: z.array(fleetEntry).min(1, { error: "expected at least one fleet entry" }),
    arrival: z
      .strictObject({
        rate: rateField.default("10/s").meta({ description: "Devices that start in a time" }),
        concurrency: countField("a whole number above 0", 1_000_000).optional().meta({
          description:
            "Devices of the whole fleet with a handshake or request under way; absent = no bound",
        }),
      })
      .default({ rate: "10/s" })
      .meta({ description: "When devices start" }),
    duration: positiveDurationField
      .optional()
      .meta({ description: "Length of the run, arrival included; absent = until stopped" }),
    timeline: z
      .array(timelineEntry)
      .default([])
      .meta({ description: "What happens during the run" }),
    thresholds: z.array(thresholdField).default(DEFAULT_THRESHOLDS).meta({
      description: "METRIC[{label:value}] [count|rate|min|mean|max|p(N)] OP NUMBER[unit|%]",
    }),
  })
  .meta({ title: "dps-fleet scenario" });

export type ScenarioFile = z.output<typeof scenarioSchema>;

/** The JSON Schema of scenario files, for editors; `docs/scenario.schema.json` holds it. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: "input" });
}
