import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { doctorOptions } from "./doctor-flags.ts";
import { runDoctor } from "./examine.ts";
import { explainOptions, runExplain } from "./explain.ts";

const EXPLAIN_EPILOGUE = `Examples:
  $0 doctor explain cheesecave-device1 --emulator emulator.json
  $0 doctor explain --run runs/2026-11-22T02-37-54Z-thirty-caves --emulator emulator.json
  $0 doctor explain --group-certificate ca.cert.pem     asks nobody

Without --emulator, DPS_CONNECTION_STRING and IOTHUB_CONNECTION_STRING say whom to
ask. It ends 2 where a link fails, 0 where none does.

${ENVIRONMENT_HELP}`;

const EPILOGUE = `Examples:
  $0 doctor scenarios/thirty-caves.yaml --emulator emulator.json
  $0 doctor fleet.yaml --target azure
  $0 doctor                        this machine and what is in --certs
  $0 doctor explain cheesecave-device1 --emulator emulator.json

One line a check: ok, warn or fail, and the mend. Nothing is registered, nothing
written. It ends 2 where something fails; with --strict, for warnings too.

${ENVIRONMENT_HELP}`;

/** `dps-fleet doctor …`: checks, and `explain` below it. */
export function doctorCommand(host: Host): CommandModule {
  return {
    command: "doctor [scenario]",
    describe: "check clock, network, identities and limits, and explain refusals",
    builder: (yargs) =>
      doctorOptions(yargs).command(explainCommand(host)).strict().epilogue(EPILOGUE),
    handler: async (given) => {
      await runDoctor(given, host);
    },
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
