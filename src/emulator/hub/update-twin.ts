import type { JsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import { requireMatch } from "../etag.ts";
import type { DeviceRecord } from "./device-store.ts";
import type { IotHub } from "./hub.ts";
import { DESIRED_CHANGES, formatDesiredChange } from "./topics.ts";
import type { TwinChange } from "./twin.ts";
import { patchTwin, twinEtag } from "./twin.ts";

/**
 * A service's twin patch; a connected device that listens is told at once, nothing is queued for others.
 *
 * @throws {ServiceFault} `deviceNotFound`, `preconditionFailed`, `badRequest`
 */
export function updateTwin(
  hub: IotHub,
  deviceId: string,
  patch: { readonly tags?: JsonObject | undefined; readonly desired?: JsonObject | undefined },
  ifMatch: string | undefined,
): DeviceRecord {
  const before = hub.devices.get(deviceId);
  requireMatch(ifMatch, twinEtag(before.twin));
  const now = azureDate(hub.around.clock());
  return applyChange(
    hub,
    deviceId,
    patchTwin(before.twin, patch, { now, limits: hub.around.limits }),
  );
}

function applyChange(hub: IotHub, deviceId: string, change: TwinChange): DeviceRecord {
  const record = hub.devices.setTwin(deviceId, change.twin);
  if (change.desiredPatch !== undefined) {
    const { version } = change.twin.desired;
    const connection = hub.connections.find(deviceId);
    if (connection?.listensTo(DESIRED_CHANGES) === true)
      connection.send(
        formatDesiredChange(version),
        JSON.stringify({ ...change.desiredPatch, $version: version }),
      );
  }
  return record;
}
