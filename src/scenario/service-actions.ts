import { z } from "zod";
import type { Json } from "../base/json.ts";
import { parseDuration } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, toSelection } from "./devices-field.ts";
import { enumField, hostField, textField } from "./fields.ts";

/** A direct method, called on each device. */
export interface MethodAction {
  readonly kind: "method";
  readonly devices: DeviceSelection;
  readonly name: string;
  readonly payload: Json;
  /** How long the hub waits for the answer, whole seconds, 5 to 300. */
  readonly timeoutS: number;
  /** The status that a device is to answer with; undefined = any below 300. */
  readonly expect?: number | undefined;
}

/** What becomes of identities in the registry of their hub. */
export interface IdentityAction {
  readonly kind: "identity";
  readonly devices: DeviceSelection;
  readonly does: "disable" | "enable" | "delete";
}

/** Whether DPS lets devices in. */
export interface EnrollmentAction {
  readonly kind: "enrollment";
  /** Whose individual enrollments; absent = the run's group. */
  readonly devices?: DeviceSelection;
  readonly does: "disable" | "enable";
}

/** Whether DPS assigns devices to a hub. */
export interface HubAction {
  readonly kind: "hub";
  readonly host: string;
  readonly does: "unlink" | "link";
}

/** New keys and certificates for devices that have files in the run's store. */
export interface RenewAction {
  readonly kind: "renew";
  readonly devices: DeviceSelection;
}

export type ServiceAction =
  MethodAction | IdentityAction | EnrollmentAction | HubAction | RenewAction;

/** Source: Microsoft Learn, "Understand and invoke direct methods from IoT Hub": response timeout. */
const [TIMEOUT_LEAST_S, TIMEOUT_MOST_S] = [5, 300];

const timeout = textField("a duration of whole seconds from 5s to 5m", (text) => {
  const seconds = (parseDuration(text) ?? 0) / 1_000;
  return Number.isInteger(seconds) && seconds >= TIMEOUT_LEAST_S && seconds <= TIMEOUT_MOST_S;
});

const status = z.int("expected a whole number, the status that devices answer with");

/** The members of a timeline entry by which services are told to do something. */
export const serviceFields = {
  method: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices that the method is called on" }),
      name: textField(
        "the name of a method, up to 128 characters",
        ({ length }) => length >= 1 && length <= 128,
      ),
      payload: z.json().default(null),
      timeout: timeout.default("30s").meta({ description: "How long the hub waits for an answer" }),
      expect: status.optional().meta({ description: "The status wanted; default any below 300" }),
    })
    .optional()
    .meta({ description: "Call a direct method" }),
  identity: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices whose identities change" }),
      do: enumField(["disable", "enable", "delete"]),
    })
    .optional()
    .meta({ description: "Change identities in the hub's registry" }),
  enrollment: z
    .strictObject({
      devices: devicesField.optional().meta({
        description: "Devices with individual enrollments; absent = the run's enrollment group",
      }),
      do: enumField(["disable", "enable"]),
    })
    .optional()
    .meta({ description: "Let DPS keep devices out, or let them in again" }),
  hub: z
    .strictObject({
      host: hostField.meta({ description: "Host name of the hub" }),
      do: enumField(["unlink", "link"]),
    })
    .optional()
    .meta({ description: "Whether DPS assigns devices to a hub; emulator only" }),
  renew: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices that get new keys and certificates" }),
    })
    .optional()
    .meta({ description: "Issue new certificates while devices stream" }),
};

const services = z.object(serviceFields);

/** The action of a checked entry; undefined where it has none of these. */
export function toServiceAction(entry: z.output<typeof services>): ServiceAction | undefined {
  const { method, identity, enrollment, hub, renew } = entry;
  if (method !== undefined) {
    const { devices, name, payload, timeout: written, expect } = method;
    const timeoutS = (parseDuration(written) ?? 0) / 1_000;
    return { kind: "method", devices: toSelection(devices), name, payload, timeoutS, expect };
  }
  if (identity !== undefined) {
    return { kind: "identity", devices: toSelection(identity.devices), does: identity.do };
  }
  if (enrollment !== undefined) {
    const { devices, do: does } = enrollment;
    const whose = devices === undefined ? {} : { devices: toSelection(devices) };
    return { kind: "enrollment", ...whose, does };
  }
  if (hub !== undefined) return { kind: "hub", host: hub.host, does: hub.do };
  return renew === undefined ? undefined : { kind: "renew", devices: toSelection(renew.devices) };
}
