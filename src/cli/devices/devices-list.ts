import { z } from "zod";

import type { JsonObject } from "../../base/json.ts";
import { textTable } from "../../output/text-table.ts";
import { plural } from "../../output/terminal-text.ts";
import { deviceIdOf } from "../../service/find-devices.ts";
import { queryDevices } from "../../service/query-devices.ts";
import type { Host } from "../host.ts";
import { withHubs } from "../selection/hub-session.ts";
import { timeText } from "../twin/twin-text.ts";
import type { DevicesListFlags } from "./devices-flags.ts";

/** Whole twins: a selection of members is documented for aggregates alone. */
const ALL = "SELECT * FROM devices";

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? undefined);
const device = z.object({
  status: text,
  connectionState: text,
  authenticationType: text,
  lastActivityTime: text,
  etag: text,
  deviceEtag: text,
});

/**
 * What a listed device shows. `etag` is its twin's, which `twin set --if-match` takes, `deviceEtag` its identity's, which
 * `devices … --if-match` takes. Queries give no keys.
 */
interface ListedDevice extends z.output<typeof device> {
  readonly deviceId: string;
  readonly hub: string;
}

const listed = (row: JsonObject, hub: string): ListedDevice => ({
  deviceId: deviceIdOf(row),
  hub,
  ...device.parse(row),
});

/**
 * Prints devices, with `--json` a line each as pages come.
 *
 * @throws {FleetError} `REFUSED` with the hub's words for a query that it cannot read; `USAGE`, `FILE_INVALID`,
 *   `UNREACHABLE`, `INTERRUPTED`
 */
export async function listDevices({ query = ALL, ...flags }: DevicesListFlags, host: Host) {
  await withHubs(flags, host, async ({ hubs, signal }) => {
    const all: ListedDevice[] = [];
    try {
      for (const hub of hubs)
        for await (const page of queryDevices(hub, query, signal)) {
          const devices = page.map((row) => listed(row, hub.host));
          if (flags.json)
            host.stdout.write(devices.map((one) => `${JSON.stringify(one)}\n`).join(""));
          else all.push(...devices);
        }
    } finally {
      // A stop leaves out what it did not come to.
      if (!flags.json && all.length > 0) host.stdout.write(tableOf(all, hubs.length > 1));
    }
    if (!flags.json) host.stderr.write(`${plural(all.length, "device")}\n`);
  });
}

function tableOf(devices: readonly ListedDevice[], hubShown: boolean): string {
  const header = ["DEVICE", "STATUS", "CONNECTION", "AUTHENTICATION", "LAST ACTIVITY", "ETAG"];
  return textTable(
    [...header.slice(0, 1), ...(hubShown ? ["HUB"] : []), ...header.slice(1)],
    devices.map((one) => [
      one.deviceId,
      ...(hubShown ? [one.hub.split(".")[0] ?? ""] : []),
      one.status ?? "-",
      one.connectionState ?? "-",
      one.authenticationType ?? "-",
      timeText(one.lastActivityTime),
      one.deviceEtag ?? one.etag ?? "-",
    ]),
  );
}
