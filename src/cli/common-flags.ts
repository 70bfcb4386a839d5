import type { Argv } from "yargs";

import { LOG_LEVEL_OPTION, logLevel, once, onOff } from "./flag-fields.ts";

/** Schema of the options of {@link commonOptions}. */
export const commonFields = {
  certs: once.default("certs"),
  json: onOff.default(false),
  logLevel,
};

/** Adds the options of every command that prints data. */
export function commonOptions<T>(yargs: Argv<T>): Argv<T> {
  return yargs
    .option("certs", {
      type: "string",
      default: "certs",
      requiresArg: true,
      describe: "folder of the certificates",
    })
    .option("json", { type: "boolean", describe: "print JSON" })
    .option("log-level", LOG_LEVEL_OPTION);
}
