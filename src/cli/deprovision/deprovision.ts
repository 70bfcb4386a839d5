import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { pacedHubOptions } from "../selection/selection-flags.ts";
import { dpsOptions } from "../service-flags.ts";
import { deprovisionFlags } from "./deprovision-flags.ts";

const EPILOGUE = `Examples:
  $0 deprovision cave-1 --emulator emulator.json
  $0 deprovision cave-1 --keep-identity --yes
  $0 deprovision --group caves --delete-group

The order is Microsoft's, and lets no device back in: first its enrollment is
disabled (a device of a group gets an individual one for that), then its hub
identity goes, then its registration record. The disabled entry must stay. It
shows the steps first. After any failure, run it again: it goes on.

${ENVIRONMENT_HELP}`;

/** `dps-fleet deprovision [device]`. */
export function deprovisionCommand(host: Host): CommandModule {
  return {
    command: "deprovision [device]",
    describe: "take a device of a group, or all of a group, out for good",
    builder: (yargs) =>
      dpsOptions(pacedHubOptions(yargs))
        .positional("device", { type: "string", describe: "registration id" })
        .option("group", {
          type: "string",
          requiresArg: true,
          describe: "all devices of this enrollment group",
        })
        .option("delete-group", {
          type: "boolean",
          describe: "with --group: delete the group when nothing is left",
        })
        .option("certificate", {
          type: "string",
          requiresArg: true,
          describe: "the device's own, for the entry that shuts it out",
          defaultDescription: "that in --certs, else a symmetric key",
        })
        .option("symmetric-key", {
          type: "boolean",
          describe: "that entry has a symmetric key, whatever is in --certs",
        })
        .option("keep-identity", {
          type: "boolean",
          describe: "disable the hub identity in place of deleting it; its twin stays",
        })
        .option("yes", { type: "boolean", describe: "ask nothing" })
        .epilogue(EPILOGUE),
    handler: async (given) => {
      const flags = parseFlags(deprovisionFlags, given, "deprovision", { device: "DEVICE" });
      const { device, group } = flags;
      if (device !== undefined) {
        const { deprovisionOne } = await import("./deprovision-device.ts");
        await deprovisionOne(device, flags, host);
      } else if (group !== undefined) {
        const { deprovisionAll } = await import("./deprovision-group.ts");
        await deprovisionAll(group, flags, host);
      }
    },
  };
}
