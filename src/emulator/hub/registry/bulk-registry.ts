import { requireMatch } from "../../etag.ts";
import { ServiceFault, attempt } from "../../fault.ts";
import { createDevice } from "./create-device.ts";
import { deleteDevice } from "./delete-device.ts";
import type { IotHub } from "../hub.ts";
import type { IdentitySettings } from "./identity.ts";
import { updateDevice } from "./update-device.ts";
import type { TwinSections } from "../twins/update-twin.ts";
import { updateTwin } from "../twins/update-twin.ts";

/** What is to be done with one device; a tag of `*` fits whatever exists. */
export type RegistryOperation =
  | {
      readonly kind: "write";
      readonly mode: "create" | "update" | "createOrUpdate";
      readonly identity: IdentitySettings;
      readonly etag: string;
      /** Undefined: an existing twin stays as it is. */
      readonly twin: TwinSections | undefined;
      readonly twinEtag: string;
    }
  | { readonly kind: "delete"; readonly etag: string }
  | { readonly kind: "twin"; readonly twin: TwinSections; readonly twinEtag: string };

/** One line of a bulk call: what to do, or what is wrong with the line. */
export interface RegistryItem {
  readonly deviceId: string;
  readonly operation: RegistryOperation | ServiceFault;
}

export interface RegistryError {
  readonly deviceId: string;
  readonly fault: ServiceFault;
}

/**
 * Creates, updates and deletes many identities at once; each stands for itself, what fails does not keep others.
 * Source: Microsoft Learn, IoT Hub REST API, "Bulk Registry - Update Registry".
 *
 * @returns what failed, in the order of `items`
 * @throws {ServiceFault} `tooManyDevices`, `deviceDefinedTwice`; nothing is done then
 */
export function updateRegistry(
  hub: IotHub,
  items: readonly RegistryItem[],
): readonly RegistryError[] {
  const { bulkDevicesMax } = hub.around.limits;
  if (items.length > bulkDevicesMax)
    throw new ServiceFault("tooManyDevices", `At most ${bulkDevicesMax} devices in one call.`);
  const seen = new Set<string>();
  for (const { deviceId } of items) {
    if (seen.has(deviceId))
      throw new ServiceFault("deviceDefinedTwice", `Device ${deviceId} is in the list twice.`);
    seen.add(deviceId);
  }
  return items.flatMap(({ deviceId, operation }) => {
    const outcome = attempt(() => perform(hub, deviceId, operation));
    return outcome instanceof ServiceFault ? [{ deviceId, fault: outcome }] : [];
  });
}

function perform(hub: IotHub, deviceId: string, operation: RegistryOperation | ServiceFault): void {
  if (operation instanceof ServiceFault) throw operation;
  switch (operation.kind) {
    case "write":
      return write(hub, deviceId, operation);
    case "delete":
      return deleteDevice(hub, deviceId, operation.etag);
    case "twin":
      return void updateTwin(hub, deviceId, operation.twin, operation.twinEtag);
    default:
      return operation satisfies never;
  }
}

/** The two tags count each for itself (Microsoft Learn, "Import and export IoT Hub device identities in bulk"). */
function write(
  hub: IotHub,
  deviceId: string,
  { mode, identity, etag, twin, twinEtag }: Extract<RegistryOperation, { kind: "write" }>,
): void {
  const before = hub.devices.find(deviceId);
  if (mode === "create" || (mode === "createOrUpdate" && before === undefined)) {
    createDevice(hub, deviceId, identity, {
      tags: twin?.tags ?? {},
      desired: twin?.desired ?? {},
    });
    return;
  }
  // The twin comes between the two so that nothing is written where either is refused.
  requireMatch(etag, hub.devices.get(deviceId).etag);
  if (twin !== undefined) updateTwin(hub, deviceId, twin, twinEtag);
  updateDevice(hub, deviceId, identity, etag);
}
