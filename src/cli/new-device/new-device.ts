import type { CommandModule } from "yargs";
import { z } from "zod";

import { onOff, once } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { ENVIRONMENT_HELP } from "../environment.ts";
import { parseFlags } from "../parse-flags.ts";
import { writeDevice } from "./write-device.ts";

const flags = z.object({
  name: once.regex(/^(?=.{1,64}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/i, {
    error: ({ input }) =>
      `expected up to 64 letters, digits and single hyphens, a letter first, got "${String(input)}"`,
  }),
  force: onOff.default(false),
  json: onOff.default(false),
});

const EPILOGUE = `Examples:
  $0 new-device my-device
  node --test my-device/my-device.test.mjs
  $0 run --model ./my-device/my-device.mjs --devices 3 --duration 30s

Both files work as they are, with nothing installed; docs/devices.md explains
what a model is.

${ENVIRONMENT_HELP}`;

/** `dps-fleet new-device NAME`: a device model of one's own, with its tests, in the folder NAME. */
export function newDeviceCommand(host: Host): CommandModule {
  return {
    command: "new-device <name>",
    describe: "write a working device model of your own, with its test",
    builder: (yargs) =>
      yargs
        .positional("name", {
          type: "string",
          demandOption: true,
          describe: "its name, and that of the folder: letters, digits and hyphens",
        })
        .option("force", { type: "boolean", describe: "replace files that are there" })
        .option("json", { type: "boolean", describe: "print the paths of the files as JSON" })
        .epilogue(EPILOGUE),
    handler: async (given) => {
      const { name, force, json } = parseFlags(flags, given, "new-device", { name: "NAME" });
      const files = await writeDevice({ name, force, dir: host.cwd });
      host.stdout.write(json ? `${JSON.stringify(files)}\n` : told(name));
    },
  };
}

function told(name: string): string {
  const [model, test] = [`${name}/${name}.mjs`, `${name}/${name}.test.mjs`];
  return [
    `${model.padEnd(test.length)}  the device: a rain barrel, to be made your own`,
    `${test}  its tests`,
    "",
    "next:",
    `  node --test ${test}`,
    `  dps-fleet run --model ./${model} --devices 3 --duration 30s`,
    "",
  ].join("\n");
}
