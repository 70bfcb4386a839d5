import type { CommandModule } from "yargs";
import yargs from "yargs";

import type { KnownOptions } from "./environment.ts";
import { applyEnvironment } from "./environment.ts";
import type { CommandGroup } from "./command-group.ts";
import type { Host } from "./host.ts";
import { printError } from "./print-error.ts";
import { atItsPlace, usageError } from "./usage-error.ts";

const COMMANDS: Readonly<Record<string, (host: Host) => Promise<CommandModule | CommandGroup>>> = {
  run: async (host) => (await import("./run/run.ts")).runCommand(host),
  plan: async (host) => (await import("./plan/plan.ts")).planCommand(host),
  ctl: async (host) => (await import("./ctl/ctl.ts")).ctlCommand(host),
  report: async (host) => (await import("./report/report.ts")).reportCommand(host),
  emulator: async (host) => (await import("./emulator/emulator.ts")).emulatorCommand(host),
  events: async (host) => (await import("./events/events.ts")).eventsCommand(host),
  certs: async (host) => (await import("./certs/certs.ts")).certsCommand(host),
  ca: async (host) => (await import("./ca/ca.ts")).caCommand(host),
  doctor: async (host) => (await import("./doctor/doctor.ts")).doctorCommand(host),
  enroll: async (host) => (await import("./enroll/enroll.ts")).enrollCommand(host),
  registrations: async (host) =>
    (await import("./registrations/registrations.ts")).registrationsCommand(host),
  deprovision: async (host) =>
    (await import("./deprovision/deprovision.ts")).deprovisionCommand(host),
  cleanup: async (host) => (await import("./cleanup/cleanup.ts")).cleanupCommand(host),
  twin: async (host) => (await import("./twin/twin.ts")).twinCommand(host),
  method: async (host) => (await import("./method/method.ts")).methodCommand(host),
  devices: async (host) => (await import("./devices/devices.ts")).devicesCommand(host),
  "new-device": async (host) => (await import("./new-device/new-device.ts")).newDeviceCommand(host),
};

/** Loads only the command that is asked for, or all where help lists them: imports cost hundreds of ms. */
async function commandsFor(host: Host): Promise<readonly (CommandModule | CommandGroup)[]> {
  const asked = COMMANDS[host.argv[0] ?? ""];
  const loaders = asked === undefined ? Object.values(COMMANDS) : [asked];
  return Promise.all(loaders.map((load) => load(host)));
}

const EPILOGUE = `Examples:
  $0 run                   thirty cheese caves against an emulator
  $0 emulator              prints what to paste into your own program

Help with options and examples: $0 <command> --help`;

/**
 * Runs the command line of `host` to its end.
 *
 * @returns the exit code; every failure is already printed to stderr. Never throws.
 */
export async function runCli(host: Host): Promise<number> {
  let exitCode = 0;
  let known: KnownOptions = { names: [], fromEnvironment: new Set() };
  const actions: Record<string, readonly string[]> = {};
  try {
    const cli = yargs()
      .scriptName("dps-fleet")
      .usage("$0 <command>\n\nRuns simulated device fleets through Azure DPS and IoT Hub.")
      .version(host.version)
      .help()
      .epilogue(EPILOGUE)
      .strict()
      .exitProcess(false)
      .wrap(Math.min(100, host.stdout.columns || 80))
      .parserConfiguration({
        // `--no-web` is an option of its own, and `--threshold A scenario.yaml` has one value.
        "boolean-negation": false,
        "greedy-arrays": false,
        "parse-numbers": false,
      })
      .middleware((given: Record<string, unknown>, ...rest: readonly unknown[]) => {
        // yargs hands the parser over as second argument; its typings know of one only.
        known = applyEnvironment(given, rest[0], host);
      }, true)
      .demandCommand(1, "a command is needed")
      .fail((message, error) => {
        // yargs' own errors are about the command line; its typings leave out that there may be none.
        const isOurs = error instanceof Error && error.name !== "YError";
        const commands = Object.keys(COMMANDS);
        throw isOurs
          ? error
          : usageError(message, {
              argv: host.argv,
              options: known.names,
              commands,
              actions,
            });
      });
    for (const command of await commandsFor({
      ...host,
      setExitCode: (code) => {
        exitCode = code;
      },
    })) {
      if ("actions" in command) actions[command.command] = command.actions;
      cli.command(command);
    }
    const argv = host.argv.length === 0 ? ["--help"] : [...host.argv];
    await cli.parseAsync(argv, {}, (_error, _argv, output) => {
      if (output !== "") host.stdout.write(`${output}\n`);
    });
    return exitCode;
  } catch (error) {
    return printError(atItsPlace(error, known.fromEnvironment), host.stderr);
  }
}
