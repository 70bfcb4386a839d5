import { z } from "zod";
import { FleetError } from "../base/errors.ts";
import { describeIssue, problemsOf } from "../base/issue-problems.ts";
import { formatPath } from "../base/format-path.ts";
import { HUB_RIGHTS, limitFields, tierFields } from "../emulator/emulator.ts";

const text = z.string().min(1, { error: "expected a text, got an empty one" });
const host = text.regex(/^[A-Za-z0-9.-]{1,253}$/, { error: "expected a host name" });
const port = z.int({ error: "expected a port, 0 to 65535" }).min(0).max(65_535);
const record = z.record(z.string(), z.unknown());
const documents = z.array(record);
const call = z.custom((value) => typeof value === "function", { error: "expected a function" });

const policy = z.strictObject({
  name: text,
  rights: z.array(z.enum(HUB_RIGHTS)).min(1),
  primaryKey: text.optional(),
  secondaryKey: text.optional(),
});

const hubSettings = z.strictObject({
  allocationWeight: z.int().min(1).max(1000).optional(),
  policies: z.array(policy).optional(),
  devices: documents.optional(),
});

/** What may be given to `startEmulator`; documents are judged by the services that they are for. */
const optionsSchema = z.strictObject({
  ...z.strictObject(limitFields).partial().shape,
  ...tierFields,
  tls: z
    .strictObject({
      certificatePem: text,
      privateKeyPem: text,
      caPem: text,
      expiredCertificatePem: text.optional(),
    })
    .optional(),
  host: text.optional(),
  mqttPort: port.optional(),
  httpsPort: port.optional(),
  advertisedPort: port.min(1).optional(),
  idScope: text.regex(/^[^/\s]+$/, { error: "expected no blanks and slashes" }).optional(),
  provisioningHost: host.optional(),
  dpsHost: host.optional(),
  hubs: z.array(host).min(1, { error: "expected at least one hub" }).optional(),
  latencies: z.record(z.string(), z.number().min(0)).optional(),
  allocationPolicy: z.enum(["hashed", "geoLatency", "static"]).optional(),
  enrollments: documents.optional(),
  enrollmentGroups: documents.optional(),
  hubSettings: z.record(z.string(), hubSettings).optional(),
  data: text.optional(),
  dataUntilFull: z.boolean().optional(),
  seed: z.int().min(0).optional(),
  clock: call.optional(),
  newId: call.optional(),
  log: z.looseObject({ child: call }).optional(),
});

/**
 * Looks at options that a program without types may have given.
 *
 * @throws {FleetError} `USAGE` with every problem at its option; an unknown one with the nearest that is known
 */
export function checkOptions(options: unknown): void {
  const parsed = optionsSchema.safeParse(options, { error: describeIssue });
  if (parsed.success) return;
  const read = { value: options, placeOf: formatPath };
  const problems = problemsOf(parsed.error.issues, optionsSchema, read);
  const told = problems.map(({ place, message }) => `${place || "options"}: ${message}`);
  throw new FleetError("USAGE", `startEmulator: ${told.join("; ")}`, { problems });
}
