import type { JsonObject } from "../../base/json.ts";
import type { Credential } from "../dps/hub-link.ts";
import type { DeviceRecord } from "./registry/device-store.ts";
import type { IotHub } from "./hub.ts";
import type { TwinSection } from "./twins/twin.ts";
import { twinEtag } from "./twins/twin.ts";

/** The whole twin, as the service API shows it (Microsoft Learn, "Understand and use device twins", sample). */
export function twinDocument(hub: IotHub, record: DeviceRecord): JsonObject {
  const state = hub.connections.state(record.deviceId);
  return {
    deviceId: record.deviceId,
    etag: twinEtag(record.twin),
    deviceEtag: record.etag,
    status: record.enabled ? "enabled" : "disabled",
    ...(record.statusReason === undefined ? {} : { statusReason: record.statusReason }),
    statusUpdateTime: record.statusUpdatedTime,
    connectionState: state.connected ? "Connected" : "Disconnected",
    lastActivityTime: state.lastActivityTime,
    cloudToDeviceMessageCount: hub.commands.depth(record.deviceId),
    authenticationType: record.credential.type,
    x509Thumbprint: thumbprintsOf(record.credential),
    modelId: record.modelId,
    version: record.twin.version,
    tags: record.twin.tags,
    properties: {
      desired: sectionDocument(record.twin.desired),
      reported: sectionDocument(record.twin.reported),
    },
    capabilities: { iotEdge: record.iotEdge },
    ...scopesOf(record),
  };
}

function sectionDocument(section: TwinSection): JsonObject {
  return { ...section.value, $metadata: section.metadata, $version: section.version };
}

/** An identity, as the registry calls show it (azure-iothub 1.16, Device). */
export function deviceDocument(hub: IotHub, record: DeviceRecord): JsonObject {
  const state = hub.connections.state(record.deviceId);
  return {
    deviceId: record.deviceId,
    generationId: record.generationId,
    etag: record.etag,
    connectionState: state.connected ? "Connected" : "Disconnected",
    status: record.enabled ? "enabled" : "disabled",
    statusReason: record.statusReason ?? null,
    connectionStateUpdatedTime: state.changedTime,
    statusUpdatedTime: record.statusUpdatedTime,
    lastActivityTime: state.lastActivityTime,
    cloudToDeviceMessageCount: hub.commands.depth(record.deviceId),
    authentication: {
      symmetricKey: keysOf(record.credential),
      x509Thumbprint: thumbprintsOf(record.credential),
      type: record.credential.type,
    },
    capabilities: { iotEdge: record.iotEdge },
    ...scopesOf(record),
  };
}

/**
 * A device of Edge has a scope of its own, made once; others show what clients wrote.
 * Source: Microsoft Learn, IoT Hub REST API, "Device", `deviceScope`.
 */
function scopesOf(record: DeviceRecord): JsonObject {
  const { deviceId, generationId, iotEdge, deviceScope, parentScopes } = record;
  const scope = iotEdge ? `ms-azure-iot-edge://${deviceId}-${generationId}` : deviceScope;
  return {
    ...(scope === undefined ? {} : { deviceScope: scope }),
    ...(parentScopes.length === 0 ? {} : { parentScopes }),
  };
}

/** The registry shows keys to whoever may read it. */
function keysOf(credential: Credential): JsonObject {
  return credential.type === "sas"
    ? { primaryKey: credential.primaryKey, secondaryKey: credential.secondaryKey }
    : { primaryKey: null, secondaryKey: null };
}

function thumbprintsOf(credential: Credential): JsonObject {
  return credential.type === "selfSigned"
    ? {
        primaryThumbprint: credential.primaryThumbprint,
        secondaryThumbprint: credential.secondaryThumbprint,
      }
    : { primaryThumbprint: null, secondaryThumbprint: null };
}
