import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { pacedHubOptions, SELECTION_HELP, selectionOptions } from "../selection/selection-flags.ts";
import { parseMethodFlags } from "./method-flags.ts";
import { runMethod } from "./method-run.ts";

const NOTES = `The last word is the method. The status is the device's own: with any that is not
200 to 299 it ends 3, as it does where a device is offline or does not answer.

${SELECTION_HELP}`;

/** `dps-fleet method …`: direct methods, from the side of services. */
export function methodCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "method",
    describe: "direct methods of devices",
    examples: [
      `invoke cheesecave-device1 SetFanState --payload '"on"' --emulator emulator.json`,
      "invoke --devices-file devices.csv reboot",
    ],
    actions: [
      {
        command: "invoke <words..>",
        describe: "invoke a method: invoke ID… METHOD, or METHOD with a selection",
        examples: [
          `invoke cheesecave-device1 SetFanState --payload '"on"' --emulator emulator.json`,
          "invoke cave1 cave2 reboot --timeout 60s --json",
          `invoke reboot --query "SELECT * FROM devices WHERE tags.site = 'A'"`,
        ],
        notes: NOTES,
        options: (yargs) =>
          pacedHubOptions(
            selectionOptions(
              yargs.positional("words", {
                type: "string",
                array: true,
                describe: "device ids, and last the method",
              }),
            )
              .option("payload", {
                type: "string",
                requiresArg: true,
                describe: "JSON, or @FILE",
                defaultDescription: "null",
              })
              .option("timeout", {
                type: "string",
                requiresArg: true,
                describe: "how long a device may take to answer, 5s to 300s",
                defaultDescription: "30s",
              })
              .option("connect-timeout", {
                type: "string",
                requiresArg: true,
                describe: "how long to wait for a device that is offline, up to 300s",
                defaultDescription: "0s",
              }),
          ),
        run: (given) => runMethod(parseMethodFlags(given), host),
      },
    ],
  });
}
