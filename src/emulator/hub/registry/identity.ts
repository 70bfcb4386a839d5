import { randomBytes } from "node:crypto";
import type { Credential } from "../../dps/hub-link.ts";

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
export function withKeys(settings: IdentitySettings): Identity {
  const { credential } = settings;
  return credential.type === "sas" && credential.primaryKey === undefined
    ? {
        ...settings,
        credential: { type: "sas", primaryKey: newDeviceKey(), secondaryKey: newDeviceKey() },
      }
    : { ...settings, credential };
}

/** A hub's keys have 32 bytes (`?`), those of DPS 64. */
function newDeviceKey(): string {
  return randomBytes(32).toString("base64");
}
