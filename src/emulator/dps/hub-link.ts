import type { JsonObject } from "../../base/json.ts";

/** What a twin starts with. */
export interface TwinSeed {
  readonly tags: JsonObject;
  readonly desired: JsonObject;
  readonly reported?: JsonObject | undefined;
}

/**
 * What a hub knows a device by; thumbprints are normalized, or empty in one slot, and keys are base64. A device of
 * `certificateAuthority` shows a leaf of its own name below a CA of the hub; one of `none` has nothing to show.
 * Source: Microsoft Learn, IoT Hub REST API, "AuthenticationMechanism".
 */
export type Credential =
  | {
      readonly type: "selfSigned";
      readonly primaryThumbprint: string;
      readonly secondaryThumbprint: string;
    }
  | { readonly type: "sas"; readonly primaryKey: string; readonly secondaryKey: string }
  | { readonly type: "certificateAuthority" }
  | { readonly type: "none" };

export interface ProvisionedDevice {
  readonly deviceId: string;
  /** X.509 devices are written as `selfSigned`, with the SHA-1 of the leaf (Azure/azure-iot-sdk-python #177). */
  readonly credential: Credential;
  /** Used only where the identity is created. */
  readonly state: DeviceState;
}

/**
 * What a device has in a hub and takes along when it moves.
 * Source: Microsoft Learn, "IoT Hub Device reprovisioning concepts", device state data: twin and capabilities.
 */
export interface DeviceState {
  readonly twin: TwinSeed;
  readonly iotEdge: boolean;
}

/** A hub as DPS sees it: a registry that it may read and write. */
export interface HubLink {
  readonly hostName: string;
  /** What devices are told in place of `hostName`: `HOST:PORT`, where MQTT is not on its usual port for them. */
  readonly advertisedName?: string | undefined;
  /** undefined where there is no such device */
  stateOf(deviceId: string): DeviceState | undefined;
  /** Creates the identity, or refreshes the credential of an existing one. */
  provision(device: ProvisionedDevice): void;
  /** Removes an identity; it need not be there. */
  remove(deviceId: string): void;
}

/** The name that a device gets for a hub. */
export function nameForDevices({ hostName, advertisedName }: HubLink): string {
  return advertisedName ?? hostName;
}
