import { z } from "zod";
import { DPS_LIMITS } from "../base/azure-limits.ts";
import { REFUSAL_CLASSES } from "../base/failure.ts";
import { TRANSPORTS } from "../base/transport.ts";
import { arrivalSection } from "./arrival-section.ts";
import {
  connectionRulesAgree,
  connectionSection,
  entryConnectionSection,
} from "./connection-section.ts";
import { credentialsField } from "./credentials-field.ts";
import { emulatorSection } from "./emulator-section.ts";
import { fleetFaultField } from "./fault-fields.ts";
import { fleetRules } from "./fleet-rules.ts";
import { intervalAsWritten, intervalField } from "./interval-field.ts";
import { oracleSection } from "./oracle-section.ts";
import { phasesSection } from "./phases-section.ts";
import { timelineSection } from "./timeline-section.ts";
import { thresholdAsWritten, thresholdEntry } from "./threshold-entry.ts";
import {
  alertField,
  countField,
  enumField,
  fileField,
  groupField,
  hostField,
  idScopeField,
  initialTwinField,
  modelField,
  nameField,
  positiveDurationField,
  registrationIdField,
  shareField,
  timeScaleField,
} from "./fields.ts";

export const TARGETS = ["emulator", "azure"] as const;
/** Allocation policies that a group needs nothing else for. */
const ALLOCATIONS = ["hashed", "geoLatency"] as const;

/** What a scenario without thresholds is judged by; a device that skips DPS has its hub before it does anything. */
export const DEFAULT_THRESHOLDS = ["devices_assigned == 100%", "telemetry_missing == 0"];
export const DEFAULT_THRESHOLDS_WITHOUT_DPS = [
  "devices_connected == 100%",
  "telemetry_missing == 0",
];

const telemetry = z.strictObject({
  interval: intervalField.prefault("5s").meta({
    description: "Time between two messages of a device, or a distribution of such times",
  }),
  jitter: shareField
    .default("10%")
    .meta({ description: "Random part of each interval, plus or minus" }),
});

const fleetEntry = z.strictObject({
  model: modelField.meta({
    description:
      "Device model: the name of a shipped one, the path of a module relative to this scenario, or a package",
  }),
  count: countField("a whole number of devices, 1 to 1000000", DPS_LIMITS.registrationRecords)
    .optional()
    .meta({ description: "Devices; only where a file names them may it be absent = all of them" }),
  registrationId: registrationIdField.optional().meta({
    description: "Registration id, which is the leaf's common name; {n} counts from 1",
  }),
  credentials: credentialsField.default({ format: "pem" }),
  telemetry: telemetry.prefault({ interval: "5s", jitter: "10%" }),
  connection: entryConnectionSection.optional().meta({
    description: "How these devices connect and come back, member by member over `connection`",
  }),
  settings: z
    .record(z.string(), z.json())
    .default({})
    .meta({ description: "Settings of the device model; values may be distributions" }),
  faults: z
    .array(fleetFaultField)
    .default([])
    .meta({ description: "Faults of each of these devices, by a schedule of its own" }),
  expect: enumField(["refused"]).optional().meta({
    description: "refused: the run passes only if services refuse exactly these devices",
  }),
  class: enumField(REFUSAL_CLASSES).optional().meta({
    default: "unauthorized",
    description: "Failure class with which they must be refused; goes with expect: refused",
  }),
});

const alertEntry = z.strictObject({
  name: nameField.meta({ description: "Name of the alert, shown in results" }),
  when: alertField.meta({ description: "FIELD [OP VALUE] [for N messages]" }),
  where: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .meta({ description: "Application properties of the messages that it looks at" }),
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
      group: groupField.optional().meta({
        description:
          "Enrollment group that the devices belong to; absent only where each has an enrollment of its own",
      }),
      connectionStrings: fileField.optional().meta({
        description:
          "A file with one device connection string a line, relative to this scenario: its devices skip DPS",
      }),
      createGroup: z.boolean().optional().meta({
        description:
          "Create the group if missing; default true where a service connection is at hand",
      }),
      allocation: enumField(ALLOCATIONS).optional().meta({
        description: "How the created group chooses a hub; default: as the DPS instance does",
      }),
      cache: z.boolean().optional().meta({
        default: false,
        description:
          "A device that boots again goes to the hub that it had, and asks DPS when that does not know it any more",
      }),
      initialTwin: initialTwinField
        .optional()
        .meta({ description: "Twin that a device gets when DPS creates it" }),
    }),
    fleet: z.array(fleetEntry).min(1, { error: "expected at least one fleet entry" }),
    connection: connectionSection
      .optional()
      .meta({ description: "How devices connect, and come back after failures" }),
    arrival: arrivalSection.default({ rate: "10/s" }).meta({ description: "When devices start" }),
    duration: positiveDurationField
      .optional()
      .meta({ description: "Length of the run, arrival included; absent = until stopped" }),
    timeScale: timeScaleField.default(1).meta({
      description: "Seconds that pass in the devices for each second between their messages",
    }),
    timeline: timelineSection.default([]).meta({ description: "What happens during the run" }),
    oracle: oracleSection.optional().meta({
      description:
        "Compares desired, reported and the devices' inner state while the run goes on; absent = no",
    }),
    alerts: z
      .array(alertEntry)
      .default([])
      .meta({ description: "Conditions on telemetry that are told while they hold" }),
    phases: phasesSection
      .default([])
      .meta({ description: "Named spans of the run, by which metrics are split" }),
    thresholds: z
      .array(thresholdEntry)
      .optional()
      .meta({
        description: `METRIC[{label:value, …}] [count|rate|min|mean|max|p(N)] OP NUMBER[unit|%]; default: ${DEFAULT_THRESHOLDS.join(", ")}`,
      }),
  })
  // Told with all that is wrong besides.
  .superRefine(fleetRules, { when: () => true })
  .superRefine(connectionRulesAgree, { when: () => true })
  .meta({ title: "dps-fleet scenario" });

export type ScenarioFile = z.output<typeof scenarioSchema>;

/** What may be written where a field reads it by itself. */
const WRITTEN: ReadonlyMap<z.core.$ZodType, z.ZodType> = new Map<z.core.$ZodType, z.ZodType>([
  [intervalField, intervalAsWritten],
  [thresholdEntry, thresholdAsWritten],
]);

/** The JSON Schema of scenario files, for editors; `docs/scenario.schema.json` holds it. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const form = WRITTEN.get(zodSchema);
      if (form === undefined) return;
      const { $schema: _, ...written } = z.toJSONSchema(form, { io: "input" });
      Object.assign(jsonSchema, written);
    },
  });
}
