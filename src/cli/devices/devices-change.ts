import { plural } from "../../output/terminal-text.ts";
import { deleteDevice, setDeviceStatus } from "../../service/device-identities.ts";
import type { DeviceAt } from "../../service/find-devices.ts";
import { confirmOrRefuse } from "../confirm.ts";
import type { Host } from "../host.ts";
import { someIds } from "../selection/failures.ts";
import { withHubs } from "../selection/hub-session.ts";
import { onDevices } from "../selection/on-devices.ts";
import { printResults } from "../selection/print-results.ts";
import { selectDevices } from "../selection/select-devices.ts";
import type { DeviceChange, DevicesChangeFlags } from "./devices-flags.ts";

/** What came of it. */
type Result = "disabled" | "enabled" | "deleted" | "unchanged";

const WORDS = {
  disable: { doing: "disabling devices", done: "disabled" },
  enable: { doing: "enabling devices", done: "enabled" },
  delete: { doing: "deleting devices", done: "deleted" },
} as const satisfies Record<DeviceChange, { doing: string; done: Result }>;

const ASKED = {
  disable: "Disable",
  enable: "Enable",
  delete: "Delete",
} as const satisfies Record<DeviceChange, string>;

/**
 * Disables, enables or deletes devices.
 *
 * @throws {FleetError} `USAGE` where nobody says yes; `FILE_INVALID`, `REFUSED`, `UNREACHABLE`, `INTERRUPTED`
 */
export async function changeDevices(
  change: DeviceChange,
  flags: DevicesChangeFlags,
  host: Host,
): Promise<void> {
  const { doing, done } = WORDS[change];
  await withHubs(flags, host, async (session) => {
    const devices = await selectDevices(flags, session, host);
    if (devices.found.length > 0) {
      const question = questionOf(change, devices.found);
      await confirmOrRefuse(host, session.signal, { yes: flags.yes, question });
    }
    const results = await onDevices(devices, session, host, {
      kind: "registry",
      // Reading comes before writing.
      cost: change === "delete" ? 1 : 2,
      doing,
      done,
      work: ({ deviceId, hub }, stop): Promise<Result> => {
        const options = { etag: flags.ifMatch, signal: stop };
        if (change === "delete") return deleteDevice(hub, deviceId, options).then(() => done);
        const status = change === "disable" ? "disabled" : "enabled";
        return setDeviceStatus(hub, deviceId, status, options).then((changed) =>
          changed ? done : "unchanged",
        );
      },
    });
    printResults(
      results,
      { header: ["RESULT"], row: (result) => [result], members: (result) => ({ result }) },
      { json: flags.json, hubs: session.hubs.length, host },
    );
    results.requireAll();
  });
}

function questionOf(change: DeviceChange, devices: readonly DeviceAt[]): string {
  const hubs = [...new Set(devices.map(({ hub }) => hub.host))].join(", ");
  const ids = someIds(devices.map(({ deviceId }) => deviceId));
  return `${ASKED[change]} ${plural(devices.length, "device")} at ${hubs} (${ids})?`;
}
