import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { explainOptions, runExplain } from "./explain.ts";

const EXPLAIN_EPILOGUE = `Examples:
  $0 doctor explain cheesecave-device1 --emulator emulator.json
  $0 doctor explain --run runs/2026-11-22T02-37-54Z-thirty-caves --emulator emulator.json
  $0 doctor explain --group-certificate ca.cert.pem     asks nobody

Without --emulator, DPS_CONNECTION_STRING and IOTHUB_CONNECTION_STRING say whom to
ask. It ends 2 where a link fails, 0 where none does.

${ENVIRONMENT_HELP}`;

/** `dps-fleet doctor …`. */
export function doctorCommand(host: Host): CommandModule {
  return {
    command: "doctor",
    describe: "find what keeps devices out",
    builder: (yargs) => yargs.command(explainCommand(host)).demandCommand(1),
    handler: () => {},
  };
}

function explainCommand(host: Host): CommandModule {
  return {
    command: "explain [ids..]",
    describe: "turn a 401 into the link of the chain that fails, and the mend",
    builder: (yargs) => explainOptions(yargs).strict().epilogue(EXPLAIN_EPILOGUE),
    handler: async (given) => {
      await runExplain(given, host);
    },
  };
}
