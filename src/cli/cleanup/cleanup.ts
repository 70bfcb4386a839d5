import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { pacedHubOptions } from "../selection/selection-flags.ts";
import { dpsOptions } from "../service-flags.ts";
import { cleanupFlags } from "./cleanup-flags.ts";

const EPILOGUE = `Examples:
  $0 cleanup runs/2026-11-22T03-28-31Z-thirty-caves
  $0 cleanup runs/2026-11-22T03-28-31Z-thirty-caves --yes
  $0 cleanup --group caves --emulator emulator.json
  $0 cleanup --devices-file ids.txt --yes

Deletes individual enrollments that the run made, the hub identities of its
devices, then their registration records, then the enrollment group if the run
made it and no other device came through it.
It shows what that is, and asks; without a terminal it only shows it, unless
--yes is given. After any failure, run it again: it goes on.

A device may register again as long as an enrollment lets it: to shut one out,
use deprovision.

${ENVIRONMENT_HELP}`;

/** `dps-fleet cleanup [run]`. */
export function cleanupCommand(host: Host): CommandModule {
  return {
    command: "cleanup [run]",
    describe: "remove what a run created, or a group, or devices that are named",
    builder: (yargs) =>
      dpsOptions(pacedHubOptions(yargs))
        .positional("run", { type: "string", describe: "folder of a run, or its name under runs/" })
        .option("group", {
          type: "string",
          requiresArg: true,
          describe: "an enrollment group with all devices that registered through it",
        })
        .option("devices-file", {
          type: "string",
          requiresArg: true,
          describe: "file with registration ids, or a CSV with them",
        })
        .option("yes", { type: "boolean", describe: "delete, and ask nothing" })
        .epilogue(EPILOGUE),
    handler: async (given) => {
      const flags = parseFlags(cleanupFlags, given, "cleanup", { run: "RUN" });
      const { cleanUpCommand } = await import("./cleanup-run.ts");
      await cleanUpCommand(flags, host);
    },
  };
}
