import type { JsonObject } from "../../base/json.ts";

/** What a twin starts with. */
export interface TwinSeed {
  readonly tags: JsonObject;
  readonly desired: JsonObject;
  readonly reported?: JsonObject | undefined;
}

export interface ProvisionedDevice {
  readonly deviceId: string;
  /** SHA-1 of the leaf: DPS writes X.509 devices as `selfSigned` (Azure/azure-iot-sdk-python #177). */
  readonly thumbprint: string;
  readonly iotEdge: boolean;
  /** Used only where the identity is created. */
  readonly seed: TwinSeed;
}

/** A hub as DPS sees it: a registry that it may write. */
export interface HubLink {
  readonly hostName: string;
  /** Creates the identity with its initial twin, or refreshes the credential of an existing one. */
  provision(device: ProvisionedDevice): void;
  /** Removes an identity and gives its twin, for a device that moves to another hub. */
  release(deviceId: string): TwinSeed | undefined;
}
