import type { Argv } from "yargs";

import type { DialRule } from "../base/dial.ts";
import { commonFields, commonOptions } from "./common-flags.ts";
import { CONNECT_TO_HELP, connectionStringFile, connectTo, once } from "./flag-fields.ts";

/** Where services are and how they are reached, as the command line says it. */
export interface ServiceFlags {
  /** File with the line of `emulator --json`; wins over connection strings. */
  readonly emulator?: string | undefined;
  readonly connectTo: readonly DialRule[];
  /** File with the CAs to trust. */
  readonly ca?: string | undefined;
}

/** Schema of the options of {@link serviceOptions}. */
export const serviceFields = {
  emulator: once.optional(),
  connectTo,
  ca: once.optional(),
  ...commonFields,
};

/** Schema of the option of {@link dpsOptions}, beside {@link serviceFields}. */
export const dpsFields = { dpsConnectionStringFile: connectionStringFile.optional() };

/** Schema of the option of {@link hubOptions}, beside {@link serviceFields}. */
export const hubFields = { hubConnectionStringFile: connectionStringFile.optional() };

/** Adds the options of every command that calls a service. */
export function serviceOptions<T>(yargs: Argv<T>): Argv<T> {
  return commonOptions(yargs)
    .option("emulator", {
      type: "string",
      requiresArg: true,
      describe: "file with the line of emulator --json",
    })
    .option("connect-to", {
      type: "array",
      string: true,
      requiresArg: true,
      describe: CONNECT_TO_HELP,
    })
    .option("ca", { type: "string", requiresArg: true, describe: "file with the CAs to trust" });
}

/** Adds where the connection string of a DPS instance is. */
export function dpsOptions<T>(yargs: Argv<T>): Argv<T> {
  return yargs.option("dps-connection-string-file", {
    type: "string",
    requiresArg: true,
    describe: "file (or Key Vault secret URI) with the connection string of the DPS instance",
    defaultDescription: "DPS_CONNECTION_STRING",
  });
}

/** Adds where the connection string of a hub is. */
export function hubOptions<T>(yargs: Argv<T>): Argv<T> {
  return yargs.option("hub-connection-string-file", {
    type: "string",
    requiresArg: true,
    describe: "file (or Key Vault secret URI) with the connection string of the hub",
    defaultDescription: "IOTHUB_CONNECTION_STRING",
  });
}
