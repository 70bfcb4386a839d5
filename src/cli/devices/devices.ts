import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { pacedHubOptions, SELECTION_HELP, selectionOptions } from "../selection/selection-flags.ts";
import { changeDevices } from "./devices-change.ts";
import type { DeviceChange } from "./devices-flags.ts";
import { DEVICE_CHANGES, parseDevicesChangeFlags, parseDevicesListFlags } from "./devices-flags.ts";
import { listDevices } from "./devices-list.ts";

const DESCRIBE: Readonly<Record<DeviceChange, string>> = {
  disable: "keep devices from connecting; their twins stay",
  enable: "let devices connect again",
  delete: "delete identities and their twins",
};

/** `dps-fleet devices …`: the hub's identity registry. */
export function devicesCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "devices",
    describe: "the hub's identity registry",
    examples: [
      "list --emulator emulator.json",
      `disable --query "SELECT * FROM devices WHERE tags.site = 'A'"`,
    ],
    actions: [
      {
        command: "list",
        describe: "the devices as a table",
        examples: [
          "list --emulator emulator.json",
          `list --query "SELECT * FROM devices WHERE connectionState = 'Disconnected'" --json`,
        ],
        options: (yargs) =>
          pacedHubOptions(
            yargs.option("query", {
              type: "string",
              requiresArg: true,
              describe: 'hub query: "SELECT * FROM devices WHERE …"',
              defaultDescription: "all devices",
            }),
          ),
        run: (given) => listDevices(parseDevicesListFlags(given), host),
      },
      ...DEVICE_CHANGES.map((change) => ({
        command: `${change} [ids..]`,
        describe: DESCRIBE[change],
        examples: [
          `${change} cheesecave-device1 --emulator emulator.json`,
          `${change} --devices-file devices.csv --yes`,
        ],
        notes: SELECTION_HELP,
        options: (yargs: Parameters<typeof pacedHubOptions>[0]) =>
          pacedHubOptions(
            selectionOptions(
              yargs.positional("ids", { type: "string", array: true, describe: "device ids" }),
            )
              .option("yes", { type: "boolean", describe: "do not ask" })
              .option("if-match", {
                type: "string",
                requiresArg: true,
                describe: "only if the identity has this etag; for one device",
              }),
          ),
        run: (given: unknown) =>
          changeDevices(change, parseDevicesChangeFlags(change, given), host),
      })),
    ],
  });
}
