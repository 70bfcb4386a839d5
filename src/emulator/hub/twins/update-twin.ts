import type { JsonObject } from "../../../base/json.ts";
import { azureDate } from "../../azure-time.ts";
import { requireMatch } from "../../etag.ts";
import { timesTold } from "../../faults/desired-faults.ts";
import type { DeviceRecord } from "../registry/device-store.ts";
import type { IotHub } from "../hub.ts";
import { DESIRED_CHANGES, formatDesiredChange } from "../topics.ts";
import { patchTwin, replaceTwin, twinEtag } from "./twin.ts";

/** What a service may write of a twin. */
export interface TwinSections {
  readonly tags?: JsonObject | undefined;
  readonly desired?: JsonObject | undefined;
}

/**
 * A service's twin patch; a connected device that listens is told at once, nothing is queued for others.
 *
 * @throws {ServiceFault} `deviceNotFound`, `preconditionFailed`, `badRequest`
 */
export function updateTwin(
  hub: IotHub,
  deviceId: string,
  patch: TwinSections,
  ifMatch: string | undefined,
): DeviceRecord {
  return changeTwin(hub, deviceId, ifMatch, patchTwin, patch);
}

/** The same for whole sections in place of those that are. */
export function replaceTwinSections(
  hub: IotHub,
  deviceId: string,
  sections: TwinSections,
  ifMatch: string | undefined,
): DeviceRecord {
  return changeTwin(hub, deviceId, ifMatch, replaceTwin, sections);
}

function changeTwin(
  hub: IotHub,
  deviceId: string,
  ifMatch: string | undefined,
  change: typeof patchTwin,
  sections: TwinSections,
): DeviceRecord {
  const { around, connections, devices } = hub;
  const before = devices.get(deviceId).twin;
  requireMatch(ifMatch, twinEtag(before));
  const context = { now: azureDate(around.stamp()), limits: around.limits };
  const { twin, desiredPatch } = change(before, sections, context);
  const record = devices.setTwin(deviceId, twin);
  const connection = connections.find(deviceId);
  if (desiredPatch !== undefined && connection?.listensTo(DESIRED_CHANGES) === true) {
    const { version } = twin.desired;
    const told = JSON.stringify({ ...desiredPatch, $version: version });
    for (let times = timesTold(hub.faults, deviceId); times > 0; times--)
      connection.send(formatDesiredChange(version), told);
  }
  return record;
}
