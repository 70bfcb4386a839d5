import type { Argv, CommandModule } from "yargs";

import type { CaAction } from "./ca-actions.ts";
import { CA_ACTIONS } from "./ca-actions.ts";
import { caTargetOptions, parseCaFlags } from "./ca-flags.ts";
import { runCa } from "./ca-run.ts";
import { ENVIRONMENT_HELP } from "./environment.ts";
import type { Host } from "./host.ts";

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

const EPILOGUE = `Examples:
  $0 ca add factory --emulator emulator.json     the root under certs/
  $0 ca list --emulator emulator.json

Help with options and examples: $0 ca <action> --help`;

/** `dps-fleet ca …`: CA certificates in DPS and their proof of possession. */
export function caCommand(host: Host): CommandModule {
  return {
    command: "ca",
    describe: "CA certificates in DPS and their proof of possession",
    builder: (yargs) => {
      for (const action of CA_ACTIONS) yargs.command(actionCommand(action, host));
      return yargs
        .demandCommand(1, `expected one of ${CA_ACTIONS.join(", ")} after ca`)
        .epilogue(EPILOGUE);
    },
    handler: () => {},
  };
}

function actionCommand(action: CaAction, host: Host): CommandModule {
  const { named, describe, example, options = (yargs: Argv) => yargs } = HELP[action];
  return {
    command: named ? `${action} <name>` : action,
    describe,
    builder: (yargs) => {
      if (named)
        yargs.positional("name", { type: "string", describe: "name of the CA certificate" });
      return caTargetOptions(options(yargs)).epilogue(
        [
          "Examples:",
          `  $0 ca ${example} --emulator emulator.json`,
          `  $0 ca ${example} --target azure`,
          "",
          ENVIRONMENT_HELP,
        ].join("\n"),
      );
    },
    handler: async (given) => {
      await runCa(action, parseCaFlags(action, given), host);
    },
  };
}
