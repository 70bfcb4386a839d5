import type { Argv } from "yargs";

import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { pacedHubOptions, SELECTION_HELP, selectionOptions } from "../selection/selection-flags.ts";
import { parseTwinGetFlags, parseTwinSetFlags, parseTwinVerifyFlags } from "./twin-flags.ts";
import { getTwin } from "./twin-get.ts";
import { setTwins } from "./twin-set.ts";
import { verifyTwins } from "./twin-verify.ts";

const VERIFY_NOTES = `A value counts where the device reports it after its patch, flat or as
{ value, ac, av } with ac 200 and av the version of the patch. Where not all
devices are there in time it ends 99.

${SELECTION_HELP}`;

const ids = (yargs: Argv): Argv =>
  yargs.positional("ids", { type: "string", array: true, describe: "device ids" });

const desired = (yargs: Argv): Argv =>
  yargs.option("desired", {
    type: "string",
    requiresArg: true,
    describe: "desired properties as JSON, or @FILE",
  });

/** `dps-fleet twin …`: device twins, from the side of services. */
export function twinCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "twin",
    describe: "device twins: read, write, and see a change go through a fleet",
    examples: [
      "get cheesecave-device1 --emulator emulator.json",
      `verify --devices-file devices.csv --desired '{"temperature":50.123}'`,
    ],
    actions: [
      {
        command: "get <id>",
        describe: "print a twin",
        examples: [
          "get cheesecave-device1 --emulator emulator.json",
          "get cheesecave-device1 --json | jq .properties.reported",
        ],
        options: (yargs) =>
          pacedHubOptions(yargs.positional("id", { type: "string", describe: "device id" })),
        run: (given) => getTwin(parseTwinGetFlags(given), host),
      },
      {
        command: "set [ids..]",
        describe: "merge tags and desired properties into twins; null removes",
        examples: [
          `set cheesecave-device1 --desired '{"temperature":50.123}' --emulator emulator.json`,
          `set --query "SELECT * FROM devices WHERE tags.site = 'A'" --tags @tags.json`,
        ],
        notes: SELECTION_HELP,
        options: (yargs) =>
          pacedHubOptions(
            desired(selectionOptions(ids(yargs)))
              .option("tags", {
                type: "string",
                requiresArg: true,
                describe: "tags as JSON, or @FILE",
              })
              .option("replace", {
                type: "boolean",
                describe: "remove what is there and not given",
              })
              .option("if-match", {
                type: "string",
                requiresArg: true,
                describe: "only if the twin has this etag; for one device",
              }),
          ),
        run: (given) => setTwins(parseTwinSetFlags(given), host),
      },
      {
        command: "verify [ids..]",
        describe: "patch desired properties, and wait until every device reports them",
        examples: [
          `verify cheesecave-device1 --desired '{"temperature":50.123}' --emulator emulator.json`,
          `verify --devices-file runs/x/devices.csv --desired @desired.json --timeout 2m --json`,
        ],
        notes: VERIFY_NOTES,
        options: (yargs) =>
          pacedHubOptions(
            desired(selectionOptions(ids(yargs))).option("timeout", {
              type: "string",
              requiresArg: true,
              describe: "how long each device has, from its patch on",
              defaultDescription: "30s",
            }),
          ),
        run: (given) => verifyTwins(parseTwinVerifyFlags(given), host),
      },
    ],
  });
}
