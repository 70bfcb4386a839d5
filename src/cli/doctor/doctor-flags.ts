import type { Argv } from "yargs";
import { z } from "zod";

import { enumField, hostField, idScopeField } from "../../scenario/fields.ts";
import { TARGETS } from "../../scenario/schema.ts";
import { once, onOff } from "../flag-fields.ts";
import {
  dpsFields,
  dpsOptions,
  hubFields,
  hubOptions,
  serviceFields,
  serviceOptions,
} from "../service-flags.ts";

/** Schema of what `doctor` is given. */
export const doctorFlags = z.object({
  ...serviceFields,
  ...dpsFields,
  ...hubFields,
  scenario: once.optional(),
  target: enumField(TARGETS).optional(),
  provisioningHost: hostField.optional(),
  idScope: idScopeField.optional(),
  strict: onOff.default(false),
});
export type DoctorFlags = z.output<typeof doctorFlags>;

const OWN = ["scenario", "target", "provisioning-host", "id-scope", "strict"];

/** Adds the options of `doctor`. */
export function doctorOptions(yargs: Argv): Argv {
  const own = yargs
    .positional("scenario", {
      type: "string",
      describe: "scenario file, whose fleet is looked at; without one, all of --certs",
    })
    .option("target", {
      type: "string",
      requiresArg: true,
      describe: "emulator or azure",
      defaultDescription: "the scenario's",
    })
    .option("provisioning-host", {
      type: "string",
      requiresArg: true,
      describe: "host that devices register with",
    })
    .option("id-scope", {
      type: "string",
      requiresArg: true,
      describe: "ID scope of the Device Provisioning Service",
    })
    .option("strict", { type: "boolean", describe: "end 2 for what is to watch, too" });
  // yargs would hand these down to `doctor explain`.
  for (const name of OWN) own.option(name, { global: false });
  return hubOptions(dpsOptions(serviceOptions(own)));
}
