import type { Argv } from "yargs";
import { z } from "zod";

import type { LogLevel } from "../../base/log.ts";
import { enumField } from "../../scenario/fields.ts";
import { TARGETS } from "../../scenario/schema.ts";
import type { CaAction } from "./ca-actions.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { connectionStringFile, once, onOff } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";

/** Where the DPS instance is, as the command line says it. */
export interface CaTargetFlags {
  readonly target: "emulator" | "azure" | undefined;
  readonly emulator: string | undefined;
  readonly dpsConnectionStringFile: string | undefined;
  readonly resourceGroup: string | undefined;
}

/** What a command line of `ca` asks for, checked. */
export interface CaFlags extends CaTargetFlags {
  /** Empty for `list`. */
  readonly name: string;
  /** Undefined = the one that the action takes from {@link certs}. */
  readonly certificate: string | undefined;
  readonly verified: boolean;
  readonly json: boolean;
  /** Folder of the certificates. */
  readonly certs: string;
  readonly logLevel: LogLevel;
}

/** Adds the options that every action has; numbers and names are judged by {@link parseCaFlags}. */
export function caTargetOptions<T>(yargs: Argv<T>): Argv<T> {
  return commonOptions(yargs)
    .option("emulator", {
      type: "string",
      requiresArg: true,
      describe: "file with the line of emulator --json",
    })
    .option("target", {
      type: "string",
      requiresArg: true,
      describe: "emulator, or azure: print the lines of the Azure CLI that do it there",
    })
    .option("dps-connection-string-file", {
      type: "string",
      requiresArg: true,
      describe: "file with the connection string that names the DPS instance in Azure",
    })
    .option("resource-group", {
      type: "string",
      requiresArg: true,
      describe: "resource group of the DPS instance in Azure",
    });
}

const text = once.optional();
const name = once.regex(/^[A-Za-z0-9._-]{1,64}$/, {
  error: ({ input }) =>
    `expected 1 to 64 letters, digits, dots, hyphens or underscores, got "${String(input)}"`,
});
const certificate = once.min(1, "expected a file, got an empty name").optional();

const target = {
  target: enumField(TARGETS).optional(),
  emulator: text,
  dpsConnectionStringFile: connectionStringFile.optional(),
  resourceGroup: text,
  ...commonFields,
};
const SCHEMAS = {
  list: z.object({ ...target }),
  code: z.object({ ...target, name }),
  delete: z.object({ ...target, name }),
  verify: z.object({ ...target, name, certificate }),
  add: z.object({ ...target, name, certificate, verified: onOff.default(false) }),
} satisfies Record<CaAction, z.ZodType>;

/**
 * Checks what yargs read.
 *
 * @throws {FleetError} `USAGE` with every problem at its flag
 */
export function parseCaFlags(action: CaAction, given: unknown): CaFlags {
  const parsed = parseFlags(SCHEMAS[action], given, `ca ${action}`, { name: "NAME" });
  const flags = { name: "", certificate: undefined, verified: false, ...parsed };
  const { target: wanted, emulator, dpsConnectionStringFile, resourceGroup } = flags;
  return { ...flags, target: wanted, emulator, dpsConnectionStringFile, resourceGroup };
}
