import type { EmulatorLimits } from "../defaults.ts";
import type { Enrollment } from "./enrollments.ts";
import type { Substatus } from "./registrations.ts";

/**
 * What happens to a device that registers again.
 * Source: Azure/azure-rest-api-specs, service.json (2021-10-01), ReprovisionPolicy.
 */
export interface ReprovisionPolicy {
  /** Whether it may get another hub. */
  readonly updateHubAssignment: boolean;
  /** Whether it then takes its twin and capabilities along. */
  readonly migrateDeviceData: boolean;
}

/** The last API version without reprovisioning. */
const LEGACY_API_VERSION = "2018-04-01";

/**
 * The policy for a device. An enrollment without one migrates; for devices of an API version that is older than
 * reprovisioning it leaves them where they are.
 * Source: Microsoft Learn, "IoT Hub Device reprovisioning concepts", managing backwards compatibility.
 */
export function reprovisionPolicyOf(
  { reprovisionPolicy }: Pick<Enrollment, "reprovisionPolicy">,
  apiVersion: string | undefined,
): ReprovisionPolicy {
  if (reprovisionPolicy !== undefined) return reprovisionPolicy;
  const isLegacy = apiVersion !== undefined && apiVersion <= LEGACY_API_VERSION;
  return { updateHubAssignment: !isLegacy, migrateDeviceData: !isLegacy };
}

/**
 * What the device is told of an assignment.
 * Source: Azure/azure-rest-api-specs, device.json 2021-10-01; older API versions do not know the fourth value.
 */
export function substatusOf(assignment: {
  readonly isFirst: boolean;
  /** To another hub, or to another device id. */
  readonly hasMoved: boolean;
  readonly hasMigrated: boolean;
  readonly apiVersion: string | undefined;
  readonly sameHubSubstatus: EmulatorLimits["sameHubSubstatus"];
}): Substatus {
  if (assignment.isFirst) return "initialAssignment";
  if (assignment.hasMoved) return assignment.hasMigrated ? "deviceDataMigrated" : "deviceDataReset";
  if (assignment.sameHubSubstatus !== "byApiVersion") return assignment.sameHubSubstatus;
  return (assignment.apiVersion ?? "") < "2021"
    ? "initialAssignment"
    : "reprovisionedToInitialAssignment";
}
