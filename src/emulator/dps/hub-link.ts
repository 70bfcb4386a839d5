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
