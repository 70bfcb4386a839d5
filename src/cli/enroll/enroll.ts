import type { Argv } from "yargs";

import type { Action, CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import type { EnrollAction } from "./enroll-actions.ts";
import { ENROLL_ACTIONS } from "./enroll-actions.ts";
import {
  deleteFlags,
  deviceFlags,
  groupFlags,
  listFlags,
  showFlags,
  switchFlags,
} from "./enroll-flags.ts";
import { listEnrollments, showEnrollment } from "./enroll-look.ts";
import {
  commonOptions,
  ifMatchOption,
  kindOption,
  settingsOptions,
  writeKeyOptions,
} from "./enroll-options.ts";
import { deleteEnrollment, switchEnrollment } from "./enroll-switch.ts";
import { enrollDevice, enrollGroup } from "./enroll-write.ts";

const CHANGES = `An enrollment that is there is changed in what the options name; what somebody else
changes at the same time is never overwritten. Keys are never printed.`;

const certificate = (yargs: Argv, describe: string): Argv =>
  yargs.option("certificate", { type: "string", requiresArg: true, describe });

const named = (yargs: Argv, describe: string): Argv =>
  yargs.positional("name", { type: "string", describe });

const ENROLLMENT = "id of the group, or registration id";

/** The actions but for what they do. */
const HELP: Readonly<Record<EnrollAction, Omit<Action, "run">>> = {
  group: {
    command: "group <name>",
    describe: "create or change the enrollment group of a CA, or of a symmetric key",
    examples: [
      "group caves --certificate certs/azure-iot-test-only.intermediate.cert.pem",
      "group caves --ca-reference factory --allocation static --hub a.azure-devices.net",
      "group caves --symmetric-key --write-key caves.key",
    ],
    notes: CHANGES,
    options: (yargs) =>
      commonOptions(
        writeKeyOptions(
          settingsOptions(
            certificate(
              named(yargs, "id of the group"),
              "file with the intermediate or root that signs the devices' certificates",
            ).option("ca-reference", {
              type: "string",
              requiresArg: true,
              describe: "name of a verified CA certificate of the DPS instance, in place of a file",
            }),
          ),
        ),
      ),
  },
  device: {
    command: "device <name>",
    describe: "create or change the individual enrollment of one device",
    examples: [
      "device cave-1 --certificate certs/cave-1.cert.pem --initial-twin twin.yaml",
      "device cave-1 --symmetric-key --write-key cave-1.key",
    ],
    notes: CHANGES,
    options: (yargs) =>
      commonOptions(
        writeKeyOptions(
          settingsOptions(
            certificate(
              named(yargs, "registration id"),
              "file with the device's own certificate; its common name is the registration id",
            ).option("device-id", {
              type: "string",
              requiresArg: true,
              describe: "id that the device has in its hub",
              defaultDescription: "the registration id",
            }),
          ),
        ),
      ),
  },
  list: {
    command: "list",
    describe: "the enrollments as a table",
    examples: ["list", "list --kind group --json"],
    options: (yargs) => commonOptions(kindOption(yargs)),
  },
  show: {
    command: "show <name>",
    describe: "one enrollment with its certificates, twin and registrations",
    examples: ["show caves", "show caves --write-key cave-1.key --derive cave-1"],
    options: (yargs) => commonOptions(writeKeyOptions(kindOption(named(yargs, ENROLLMENT)))),
  },
  disable: {
    command: "disable <name>",
    describe: "let no device of it register; those at a hub stay there",
    examples: ["disable caves"],
    options: (yargs) => commonOptions(ifMatchOption(kindOption(named(yargs, ENROLLMENT)))),
  },
  enable: {
    command: "enable <name>",
    describe: "let its devices register again",
    examples: ["enable caves"],
    options: (yargs) => commonOptions(ifMatchOption(kindOption(named(yargs, ENROLLMENT)))),
  },
  delete: {
    command: "delete <name>",
    describe: "delete it; registration records and hub identities stay",
    examples: ["delete caves", "delete cave-1 --kind individual --yes"],
    options: (yargs) =>
      commonOptions(ifMatchOption(kindOption(named(yargs, ENROLLMENT)))).option("yes", {
        type: "boolean",
        describe: "ask nothing",
      }),
  },
};

/** `dps-fleet enroll …`: enrollments of a DPS instance. */
export function enrollCommand(host: Host): CommandGroup {
  const name = { name: "NAME" };
  const run: Readonly<Record<EnrollAction, Action["run"]>> = {
    group: (given) => enrollGroup(parseFlags(groupFlags, given, "enroll group", name), host),
    device: (given) =>
      enrollDevice(parseFlags(deviceFlags, given, "enroll device", { name: "ID" }), host),
    list: (given) => listEnrollments(parseFlags(listFlags, given, "enroll list"), host),
    show: (given) => showEnrollment(parseFlags(showFlags, given, "enroll show", name), host),
    disable: (given) =>
      switchEnrollment(false, parseFlags(switchFlags, given, "enroll disable", name), host),
    enable: (given) =>
      switchEnrollment(true, parseFlags(switchFlags, given, "enroll enable", name), host),
    delete: (given) =>
      deleteEnrollment(parseFlags(deleteFlags, given, "enroll delete", name), host),
  };
  return commandGroup({
    name: "enroll",
    describe: "enrollment groups and individual enrollments in DPS",
    examples: [
      "group caves --certificate ca.cert.pem --emulator emulator.json",
      "list --dps-connection-string-file dps.txt",
    ],
    actions: ENROLL_ACTIONS.map((action) => ({ ...HELP[action], run: run[action] })),
  });
}
