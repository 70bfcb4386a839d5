import { twinField } from "../../scenario/fields.ts";
import type { TwinChange } from "../../service/change-twin.ts";
import { patchTwin, replaceTwin } from "../../service/change-twin.ts";
import type { DeviceTwin } from "../../service/device-twin.ts";
import type { Host } from "../host.ts";
import { readJsonFlag } from "../json-flag.ts";
import { withHubs } from "../selection/hub-session.ts";
import { onDevices } from "../selection/on-devices.ts";
import type { ResultColumns } from "../selection/print-results.ts";
import { printResults } from "../selection/print-results.ts";
import { selectDevices } from "../selection/select-devices.ts";
import type { TwinSetFlags } from "./twin-flags.ts";

const COLUMNS: ResultColumns<DeviceTwin> = {
  header: ["VERSION", "DESIRED", "ETAG"],
  row: ({ version, desired, etag }) => [String(version), String(desired.version), etag],
  members: ({ version, desired, etag }) => ({ version, desiredVersion: desired.version, etag }),
};

/** Writes tags and desired properties. @throws {FleetError} `USAGE`, `FILE_INVALID`, `REFUSED`, `UNREACHABLE`, `INTERRUPTED` */
export async function setTwins(flags: TwinSetFlags, host: Host): Promise<void> {
  const change = await readChange(flags, host);
  const write = flags.replace ? replaceTwin : patchTwin;
  await withHubs(flags, host, async (session) => {
    const devices = await selectDevices(flags, session, host);
    const results = await onDevices(devices, session, host, {
      kind: "twinUpdates",
      doing: flags.replace ? "replacing twins" : "patching twins",
      done: flags.replace ? "replaced" : "patched",
      work: ({ deviceId, hub }, signal) =>
        write(hub, deviceId, change, { etag: flags.ifMatch, signal }),
    });
    printResults(results, COLUMNS, { json: flags.json, hubs: session.hubs.length, host });
    results.requireAll();
  });
}

async function readChange({ desired, tags }: TwinSetFlags, { cwd }: Host): Promise<TwinChange> {
  const read = async (flag: string, text: string | undefined) =>
    text === undefined ? undefined : readJsonFlag(twinField, { flag, text }, cwd);
  return { desired: await read("--desired", desired), tags: await read("--tags", tags) };
}
