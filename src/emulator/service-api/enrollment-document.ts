import { z } from "zod";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { certificateInfo, parseCertificateText } from "../dps/certificate-text.ts";
import type { EnrollmentGroup, EnrollmentGroupSettings } from "../dps/enrollment-groups.ts";
import { isRegistrationId } from "../dps/user-name.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import { requireInitialTwin } from "../hub/twin.ts";

// Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), EnrollmentGroup.
// Members that clients send back from a GET are known and ignored; unknown ones are refused.

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");
const certificate = z.object({ certificate: z.string() });
const enrollmentGroup = z.strictObject({
  enrollmentGroupId: z.string(),
  attestation: z.looseObject({
    type: z.string(),
    x509: z
      .looseObject({
        signingCertificates: z
          .object({ primary: certificate, secondary: certificate.nullish() })
          .nullish(),
        caReferences: z.unknown().optional(),
      })
      .nullish(),
  }),
  capabilities: z.object({ iotEdge: z.boolean().default(false) }).nullish(),
  iotHubHostName: z.string().nullish(),
  initialTwin: z
    .object({
      tags: jsonObject.nullish(),
      properties: z.object({ desired: jsonObject.nullish() }).nullish(),
    })
    .nullish(),
  etag: z.string().nullish(),
  provisioningStatus: z.enum(["enabled", "disabled"]).default("enabled"),
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
});

/**
 * Reads the body of `PUT /enrollmentGroups/{id}`.
 *
 * @param context `linkedHubs`: the host names that an enrollment may name
 * @throws {ServiceFault} `badRequest` with all problems; `notImplemented` for what Azure knows and this does not
 */
export function parseEnrollmentGroup(
  id: string,
  body: unknown,
  context: { readonly linkedHubs: readonly string[]; readonly limits: EmulatorLimits },
): EnrollmentGroupSettings {
  const parsed = enrollmentGroup.safeParse(body);
  if (!parsed.success)
    throw new ServiceFault(
      "invalidEnrollment",
      parsed.error.issues.map((i) => `${i.path.join(".") || "body"}: ${i.message}`).join("; "),
    );
  const group = parsed.data;
  const signing = group.attestation.x509?.signingCertificates;
  if (group.allocationPolicy === "custom") throw notBuilt("allocationPolicy custom");
  if (group.attestation.type !== "x509") throw notBuilt(`attestation ${group.attestation.type}`);
  if (signing === undefined || signing === null) throw notBuilt("x509 without signingCertificates");
  if (group.enrollmentGroupId.toLowerCase() !== id.toLowerCase() || !isRegistrationId(id))
    throw new ServiceFault("invalidEnrollment", "enrollmentGroupId: not that of the path, or bad.");
  const iotHubs = group.iotHubs ?? (group.iotHubHostName ? [group.iotHubHostName] : []);
  const strangers = iotHubs.filter((hub) => !context.linkedHubs.includes(hub));
  if (strangers.length > 0)
    throw new ServiceFault("invalidEnrollment", `iotHubs: not linked: ${strangers.join(", ")}.`);
  if (group.allocationPolicy === "static" && iotHubs.length !== 1)
    throw new ServiceFault("invalidEnrollment", "iotHubs: static allocation needs exactly one.");
  const initialTwin = {
    tags: group.initialTwin?.tags ?? {},
    desired: group.initialTwin?.properties?.desired ?? {},
  };
  requireInitialTwin(initialTwin, context.limits);
  const texts = [signing.primary, ...(signing.secondary ? [signing.secondary] : [])];
  return {
    enrollmentGroupId: group.enrollmentGroupId,
    certificates: texts.map((entry) => {
      const ca = parseCertificateText(entry.certificate);
      if (ca?.ca !== true)
        throw new ServiceFault(
          "invalidEnrollment",
          "attestation.x509.signingCertificates: expected the PEM or base64 of a CA certificate.",
        );
      return ca;
    }),
    enabled: group.provisioningStatus === "enabled",
    initialTwin,
    iotEdge: group.capabilities?.iotEdge ?? false,
    reprovision: group.reprovisionPolicy ?? { updateHubAssignment: true, migrateDeviceData: true },
    allocationPolicy: group.allocationPolicy ?? undefined,
    iotHubs,
  };
}

/** A group as GET shows it. */
export function enrollmentGroupDocument(group: EnrollmentGroup): Readonly<Record<string, unknown>> {
  const [primary, secondary] = group.certificates.map((ca) => ({
    certificate: ca.toString(),
    info: certificateInfo(ca),
  }));
  return {
    enrollmentGroupId: group.enrollmentGroupId,
    attestation: { type: "x509", x509: { signingCertificates: { primary, secondary } } },
    capabilities: { iotEdge: group.iotEdge },
    etag: group.etag,
    initialTwin: {
      tags: group.initialTwin.tags,
      properties: { desired: group.initialTwin.desired },
    },
    provisioningStatus: group.enabled ? "enabled" : "disabled",
    reprovisionPolicy: group.reprovision,
    createdDateTimeUtc: group.createdDateTimeUtc,
    lastUpdatedDateTimeUtc: group.lastUpdatedDateTimeUtc,
    allocationPolicy: group.allocationPolicy,
    iotHubs: group.iotHubs.length === 0 ? undefined : group.iotHubs,
  };
}

function notBuilt(what: string): ServiceFault {
  return new ServiceFault("notImplemented", `${what}: known in Azure, not in this emulator.`);
}
