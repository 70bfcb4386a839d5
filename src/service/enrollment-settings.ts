import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { EnrollmentDocument, EnrollmentKind } from "./enrollment-document.ts";

export const ALLOCATION_POLICIES = ["hashed", "geoLatency", "static", "custom"] as const;
export type AllocationPolicy = (typeof ALLOCATION_POLICIES)[number];

/** What becomes of a device that registers again, by the names of the portal. */
export const REPROVISION_POLICIES = {
  migrate: { updateHubAssignment: true, migrateDeviceData: true },
  reset: { updateHubAssignment: true, migrateDeviceData: false },
  never: { updateHubAssignment: false, migrateDeviceData: false },
} as const;
export type ReprovisionName = keyof typeof REPROVISION_POLICIES;

/** How devices of an enrollment prove who they are. */
export type AttestationSettings =
  | { readonly type: "certificate"; readonly pem: string }
  /** The name of a CA certificate of the DPS instance; groups only. */
  | { readonly type: "caReference"; readonly name: string }
  /** Secret; undefined = the service makes it, or keeps the one that it has. */
  | { readonly type: "symmetricKey"; readonly primaryKey: string | undefined };

/** Tags and desired properties that a device begins with. */
export interface InitialTwin {
  readonly tags?: JsonObject | undefined;
  readonly properties?: { readonly desired?: JsonObject | undefined } | undefined;
}

/** What an enrollment shall be like; what is undefined stays as it is, or as the service makes it. */
export interface EnrollmentSettings {
  readonly attestation?: AttestationSettings | undefined;
  /** PEM; null = none any more. */
  readonly secondaryCertificate?: string | null | undefined;
  /** Individual enrollments only. */
  readonly deviceId?: string | undefined;
  readonly initialTwin?: InitialTwin | undefined;
  readonly allocation?: AllocationPolicy | undefined;
  /** Empty = all linked ones. */
  readonly hubs?: readonly string[] | undefined;
  /** Of allocation `custom`; it may carry a key. */
  readonly webhookUrl?: string | undefined;
  readonly reprovision?: ReprovisionName | undefined;
  readonly enabled?: boolean | undefined;
}

/** Source: Microsoft Learn, "How to use custom allocation policies": the version whose records the webhook gets. */
const WEBHOOK_API_VERSION = "2021-10-01";

/**
 * The document of an enrollment with these settings.
 *
 * @param before as the service has it; undefined = it is new
 * @throws {FleetError} `USAGE` for settings that do not make an enrollment, or do not go with what is there
 */
export function withSettings(
  kind: EnrollmentKind,
  before: EnrollmentDocument | undefined,
  settings: EnrollmentSettings,
): EnrollmentDocument {
  const { deviceId, initialTwin, reprovision, enabled } = settings;
  const document: EnrollmentDocument = {
    ...before,
    attestation: attestationOf(kind, before?.attestation, settings),
    provisioningStatus:
      enabled === undefined ? (before?.provisioningStatus ?? "enabled") : statusOf(enabled),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(initialTwin === undefined ? {} : { initialTwin: twinOf(initialTwin) }),
    ...(reprovision === undefined ? {} : { reprovisionPolicy: REPROVISION_POLICIES[reprovision] }),
    ...allocationOf(before, settings),
  };
  checkAllocation(document);
  return document;
}

const statusOf = (enabled: boolean): string => (enabled ? "enabled" : "disabled");

const twinOf = ({ tags, properties }: InitialTwin): EnrollmentDocument["initialTwin"] => ({
  tags: { ...tags },
  properties: { desired: { ...properties?.desired } },
});

function allocationOf(
  before: EnrollmentDocument | undefined,
  { allocation, hubs, webhookUrl }: EnrollmentSettings,
): Partial<EnrollmentDocument> {
  const custom = allocation ?? before?.allocationPolicy;
  return {
    ...(allocation === undefined ? {} : { allocationPolicy: allocation }),
    // The older member for one hub must not contradict the list.
    ...(hubs === undefined ? {} : { iotHubs: [...hubs], iotHubHostName: undefined }),
    ...(webhookUrl === undefined
      ? {}
      : { customAllocationDefinition: { webhookUrl, apiVersion: WEBHOOK_API_VERSION } }),
    // The service refuses a webhook of a policy that asks none.
    ...(custom === "custom" ? {} : { customAllocationDefinition: undefined }),
  };
}

function attestationOf(
  kind: EnrollmentKind,
  before: EnrollmentDocument["attestation"] | undefined,
  { attestation: wanted, secondaryCertificate }: EnrollmentSettings,
): EnrollmentDocument["attestation"] {
  const member = kind === "group" ? "signingCertificates" : "clientCertificates";
  const slots = before?.x509?.[member];
  const secondary =
    secondaryCertificate === undefined
      ? slots?.secondary
      : secondaryCertificate === null
        ? undefined
        : { certificate: secondaryCertificate };
  if (wanted?.type === "caReference")
    return { type: "x509", x509: { caReferences: { primary: wanted.name } } };
  if (wanted?.type === "symmetricKey") return withKey(before, wanted.primaryKey);
  const primary = wanted === undefined ? slots?.primary : { certificate: wanted.pem };
  if (wanted === undefined && secondaryCertificate === undefined && before !== undefined)
    return before;
  if (!primary && !secondary) throw noProof(before !== undefined);
  return { type: "x509", x509: { [member]: { primary, secondary } } };
}

/** Keys that are not given stay as they are; the service makes what is missing. */
function withKey(
  before: EnrollmentDocument["attestation"] | undefined,
  primaryKey: string | undefined,
): EnrollmentDocument["attestation"] {
  const keys = before?.symmetricKey ?? {};
  return {
    type: "symmetricKey",
    symmetricKey: primaryKey === undefined ? keys : { ...keys, primaryKey },
  };
}

const noProof = (isThere: boolean): FleetError =>
  isThere
    ? new FleetError("USAGE", "this enrollment holds no certificate that another could be beside", {
        problems: [
          { place: "--secondary-certificate", message: "expected an enrollment with certificates" },
        ],
      })
    : new FleetError("USAGE", "nothing says how its devices prove who they are", {
        problems: [{ place: "--certificate", message: "expected it or --symmetric-key, got none" }],
        hint: "give --certificate FILE, --symmetric-key or, for a group, --ca-reference NAME",
      });

/** Refused here with the flag to give, and not by the service in its words. */
function checkAllocation({
  allocationPolicy,
  iotHubs,
  customAllocationDefinition,
}: EnrollmentDocument): void {
  const hubs = iotHubs?.length ?? 0;
  if (allocationPolicy === "static" && hubs !== 1)
    throw new FleetError("USAGE", "static allocation needs its one hub", {
      problems: [{ place: "--hub", message: `expected one hub, got ${hubs}` }],
    });
  if (allocationPolicy === "custom" && !customAllocationDefinition?.webhookUrl)
    throw new FleetError("USAGE", "custom allocation needs the webhook that it asks", {
      problems: [{ place: "--webhook", message: "expected a URL, got none" }],
    });
}
