import type { Credential } from "../../dps/hub-link.ts";
import type { NewKey } from "../../random-key.ts";

/** What a service client may set of a device identity. */
export interface Identity {
  readonly enabled: boolean;
  /** Up to 128 characters. */
  readonly statusReason: string | undefined;
  readonly credential: Credential;
  readonly iotEdge: boolean;
  /** As the client gave it; a device of Edge has one of its own. */
  readonly deviceScope: string | undefined;
  readonly parentScopes: readonly string[];
}

/** An identity as a client may write it: keys that it leaves out are made. */
export interface IdentitySettings extends Omit<Identity, "credential"> {
  readonly credential: Credential | { readonly type: "sas"; readonly primaryKey?: undefined };
}

/** Source: Microsoft Learn, IoT Hub REST API, "ExportImportDevice": keys that are not given are generated. */
export function withKeys(settings: IdentitySettings, newKey: NewKey): Identity {
  const { credential } = settings;
  return credential.type === "sas" && credential.primaryKey === undefined
    ? {
        ...settings,
        credential: {
          type: "sas",
          primaryKey: newKey(DEVICE_KEY_BYTES),
          secondaryKey: newKey(DEVICE_KEY_BYTES),
        },
      }
    : { ...settings, credential };
}

/** Those of a hub (`?`); those of DPS have 64. */
const DEVICE_KEY_BYTES = 32;
