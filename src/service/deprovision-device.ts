import { FleetError } from "../base/errors.ts";
import { enrollmentText } from "./enrollment-document.ts";
import type { AttestationSettings } from "./enrollment-settings.ts";
import type { PacedHub } from "./paced-hub.ts";
import type { RegistrationRecord } from "./registrations.ts";
import type { IdentityEnd, RemovalOptions, RemovalServices } from "./remove-devices.ts";
import { hubAtHand, noAccess, removeIdentity } from "./remove-devices.ts";
import { setEnabled, writeEnrollment } from "./write-enrollment.ts";

/** What has to be done to take one device out. */
export interface DevicePlan {
  readonly registrationId: string;
  /** What becomes of its individual enrollment. */
  readonly entry: "create" | "disable" | "keep";
  /** Undefined where it has no registration record. */
  readonly record: RegistrationRecord | undefined;
  readonly deviceId: string;
  /** Where its identity is, or, without a record, may be. */
  readonly hubs: readonly PacedHub[];
}

/** One thing that was done, in the order in which it was. */
export type DeviceStep =
  | { readonly step: "enrollment"; readonly done: "created" | "disabled" | "kept" }
  | {
      readonly step: "identity";
      readonly done: IdentityEnd;
      readonly hub: string;
      readonly deviceId: string;
    }
  | { readonly step: "record"; readonly done: "deleted" | "absent" };

/** A registration that was under way may end between two looks; more often is not to be expected. */
const ROUNDS_MAX = 3;

/**
 * Looks at what there is of a device; changes nothing.
 *
 * @throws {FleetError} `USAGE` where its hub is not among `services.hubs`; `REFUSED`, `UNREACHABLE`
 */
export async function planDevice(
  { enrollments, registrations, hubs }: RemovalServices,
  registrationId: string,
): Promise<DevicePlan> {
  const [entry, record] = await Promise.all([
    enrollments.find({ kind: "individual", id: registrationId }),
    registrations.find(registrationId),
  ]);
  const host = record?.assignedHub ?? undefined;
  const own = host === undefined ? undefined : hubAtHand(hubs, host);
  if (host !== undefined && own === undefined) {
    const { code, hint } = noAccess(host);
    throw new FleetError(
      code,
      `${registrationId} is at ${host}, whose connection string is missing`,
      {
        hint,
        problems: [{ place: "--hub-connection-string-file", message: `expected that of ${host}` }],
      },
    );
  }
  const isDisabled = entry?.document.provisioningStatus === "disabled";
  return {
    registrationId,
    entry: entry === undefined ? "create" : isDisabled ? "keep" : "disable",
    record,
    deviceId: record?.deviceId ?? (entry?.document.deviceId || registrationId),
    hubs: own === undefined ? hubs : [own],
  };
}

/**
 * Takes one device out for good, also where it belongs to a group: first an individual enrollment that is disabled, which
 * counts before every group, then the identity, then the record. The other way round it would register again in between.
 * Every step looks at what is there, so that it can be run again after any failure.
 *
 * Source: Microsoft Learn, "How to deprovision devices that were previously auto-provisioned" and "How to disenroll or
 * revoke a device".
 *
 * @param options.attestation of the entry that is made; what it says does not matter to its being disabled
 * @param options.onStep told after each step
 * @throws {FleetError} as {@link planDevice}; `REFUSED` while a registration is under way
 */
export async function deprovisionDevice(
  services: RemovalServices,
  registrationId: string,
  options: Pick<RemovalOptions, "keepIdentity" | "signal"> & {
    readonly attestation: AttestationSettings;
    readonly onStep: (step: DeviceStep) => void;
  },
): Promise<void> {
  const { onStep } = options;
  onStep({
    step: "enrollment",
    done: await shutOut(services, registrationId, options.attestation),
  });
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    // Read after the door is shut: what registered before has its record now.
    const { record, deviceId, hubs } = await planDevice(services, registrationId);
    if (round > 1 && record === undefined) return;
    if (record?.status === "assigning") break;
    for (const hub of hubs) {
      const done = await hub.pace("registry").run(() => removeIdentity(hub, deviceId, options));
      onStep({ step: "identity", done, hub: hub.host, deviceId });
    }
    const deleted = await services.registrations.delete(registrationId);
    if (round === 1 || deleted) onStep({ step: "record", done: deleted ? "deleted" : "absent" });
  }
  throw new FleetError("REFUSED", `a registration of ${registrationId} is under way`, {
    hint: "its enrollment is disabled; run it again in a minute",
  });
}

async function shutOut(
  { enrollments }: RemovalServices,
  id: string,
  attestation: AttestationSettings,
): Promise<"created" | "disabled" | "kept"> {
  const name = { kind: "individual", id } as const;
  const found = await enrollments.find(name);
  if (found !== undefined)
    return (await setEnabled(enrollments, found, { enabled: false })) ? "disabled" : "kept";
  await writeEnrollment(enrollments, name, { attestation, enabled: false }, {});
  const made = await enrollments.find(name);
  if (made?.document.provisioningStatus === "disabled") return "created";
  throw new FleetError("REFUSED", `${enrollmentText(name)} was changed by somebody else`, {
    hint: "run it again",
  });
}
