import { readTwin } from "../../service/device-twin.ts";
import type { Host } from "../host.ts";
import { failuresError } from "../selection/failures.ts";
import { withHubs } from "../selection/hub-session.ts";
import { selectDevices } from "../selection/select-devices.ts";
import type { TwinGetFlags } from "./twin-flags.ts";
import { twinText } from "./twin-text.ts";

/** Prints a twin. @throws {FleetError} `USAGE`, `FILE_INVALID`, `REFUSED`, `UNREACHABLE`, `INTERRUPTED` */
export async function getTwin(flags: TwinGetFlags, host: Host): Promise<void> {
  await withHubs(flags, host, async (session) => {
    const { found, missing } = await selectDevices({ ids: [flags.id] }, session, host);
    const [device] = found;
    if (device === undefined) throw failuresError(missing, { total: 1, done: "read" });
    const { deviceId, hub } = device;
    const { signal } = session;
    const twin = await hub.pace("twinReads").run(() => readTwin(hub, deviceId, signal), { signal });
    host.stdout.write(flags.json ? `${JSON.stringify(twin.document)}\n` : twinText(twin, hub.host));
  });
}
