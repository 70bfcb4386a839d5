import { FleetError } from "../../base/errors.ts";
import type { FoundDevices } from "../../service/find-devices.ts";
import { devicesByQuery, findDevices } from "../../service/find-devices.ts";
import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";
import { readDevicesFile } from "./devices-file.ts";
import type { HubSession } from "./hub-session.ts";
import type { SelectionFlags } from "./selection-flags.ts";

/**
 * The devices that the command line names, each once.
 *
 * @throws {FleetError} `FILE_INVALID`; `USAGE` where a query gives none; `REFUSED` with the hub's words, `UNREACHABLE`
 */
export async function selectDevices(
  { ids, devicesFile, query }: SelectionFlags,
  { hubs, signal }: HubSession,
  host: Pick<Host, "cwd" | "stderr" | "now">,
): Promise<FoundDevices> {
  if (query !== undefined) {
    const found = await devicesByQuery(hubs, query, signal);
    if (found.length > 0) return { found, missing: [] };
    throw new FleetError("REFUSED", "the query gives no device", {
      hint: "look at what it gives: devices list --query …; what was written just now may be missing for seconds",
    });
  }
  const named = devicesFile === undefined ? ids : await readDevicesFile(devicesFile, host.cwd);
  const progress = openProgress(host, "looking for devices in all hubs");
  try {
    return await findDevices(hubs, [...new Set(named)], { signal, onFound: progress.update });
  } finally {
    progress.end();
  }
}
