import type { Argv } from "yargs";

import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import type { CaAction } from "./ca-actions.ts";
import { CA_ACTIONS } from "./ca-actions.ts";
import { caTargetOptions, parseCaFlags } from "./ca-flags.ts";
import { runCa } from "./ca-run.ts";

/** How help shows an action. */
interface ActionHelp {
  /** Whether it is about one certificate. */
  readonly named: boolean;
  readonly describe: string;
  /** What follows `ca`. */
  readonly example: string;
  readonly options?: (yargs: Argv) => Argv;
}

const HELP: Readonly<Record<CaAction, ActionHelp>> = {
  add: {
    named: true,
    describe: "upload a CA certificate; it is not verified yet",
    example: "add factory --certificate ca.cert.pem",
    options: (yargs) =>
      yargs
        .option("certificate", {
          type: "string",
          requiresArg: true,
          describe: "file with the CA certificate, PEM or DER",
          defaultDescription: "the root in --certs",
        })
        .option("verified", {
          type: "boolean",
          describe: "vouch for it: no proof is asked for",
        }),
  },
  code: {
    named: true,
    describe: "print a new verification code, and nothing else",
    example: "code factory",
  },
  verify: {
    named: true,
    describe: "hand in the certificate that the CA's key signed for the code",
    example: "verify factory --certificate proof.pem",
    options: (yargs) =>
      yargs.option("certificate", {
        type: "string",
        requiresArg: true,
        describe: "file with the certificate whose common name is the code, PEM or DER",
        defaultDescription: "verification-code.cert.pem in --certs",
      }),
  },
  list: { named: false, describe: "the CA certificates as a table", example: "list" },
  delete: {
    named: true,
    describe: "delete a CA certificate that no enrollment group names",
    example: "delete factory",
  },
};

/** `dps-fleet ca …`: CA certificates in DPS and their proof of possession. */
export function caCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "ca",
    describe: "CA certificates in DPS and their proof of possession",
    examples: [
      "add factory --emulator emulator.json     the root under certs/",
      "list --emulator emulator.json",
    ],
    actions: CA_ACTIONS.map((action) => {
      const { named, describe, example, options = (yargs: Argv) => yargs } = HELP[action];
      return {
        command: named ? `${action} <name>` : action,
        describe,
        examples: [`${example} --emulator emulator.json`, `${example} --target azure`],
        options: (yargs) => {
          if (named)
            yargs.positional("name", { type: "string", describe: "name of the CA certificate" });
          return caTargetOptions(options(yargs));
        },
        run: (given) => runCa(action, parseCaFlags(action, given), host),
      };
    }),
  });
}
