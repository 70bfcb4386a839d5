import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { dpsOptions, serviceOptions } from "../service-flags.ts";
import { deleteFlags, listFlags } from "./registrations-flags.ts";
import { deleteRegistrations, listRegistrations } from "./registrations-run.ts";

const NOTES = `A record counts against the quota of the DPS instance until it is deleted, also after its
group is gone. Deleting it takes no device off its hub, and keeps none from registering again:
that is what deprovision does.`;

/** `dps-fleet registrations …`: the registration records of a DPS instance. */
export function registrationsCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "registrations",
    describe: "registration records of devices in DPS",
    examples: ["list caves --emulator emulator.json", "delete cave-1 --yes"],
    actions: [
      {
        command: "list <group>",
        describe: "the devices of an enrollment group that registered",
        examples: ["list caves", "list caves --json | jq length"],
        options: (yargs) =>
          dpsOptions(serviceOptions(yargs)).positional("group", {
            type: "string",
            describe: "id of the enrollment group",
          }),
        run: (given) =>
          listRegistrations(
            parseFlags(listFlags, given, "registrations list", { group: "GROUP" }),
            host,
          ),
      },
      {
        command: "delete [ids..]",
        describe: "delete records, of devices or of a whole group",
        examples: ["delete cave-1 cave-2", "delete --group caves --yes"],
        notes: NOTES,
        options: (yargs) =>
          dpsOptions(serviceOptions(yargs))
            .positional("ids", { type: "string", array: true, describe: "registration ids" })
            .option("group", {
              type: "string",
              requiresArg: true,
              describe: "all records of this enrollment group",
            })
            .option("yes", { type: "boolean", describe: "ask nothing" }),
        run: (given) =>
          deleteRegistrations(
            parseFlags(deleteFlags, given, "registrations delete", { ids: "ID" }),
            host,
          ),
      },
    ],
  });
}
