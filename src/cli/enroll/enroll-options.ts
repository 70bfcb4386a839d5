import type { Argv } from "yargs";

import { ALLOCATION_POLICIES, REPROVISION_POLICIES } from "../../service/enrollment-settings.ts";
import { dpsOptions, serviceOptions } from "../service-flags.ts";

const file = (describe: string) => ({ type: "string", requiresArg: true, describe }) as const;

/** Adds the options that every action has. */
export const commonOptions = <T>(yargs: Argv<T>): Argv<T> => dpsOptions(serviceOptions(yargs));

/** Adds which of two enrollments of one id is meant. */
export const kindOption = <T>(yargs: Argv<T>): Argv<T> =>
  yargs.option("kind", {
    type: "string",
    requiresArg: true,
    describe: "group or individual, where both have that name",
  });

/** Adds which version is meant. */
export const ifMatchOption = <T>(yargs: Argv<T>): Argv<T> =>
  yargs.option("if-match", file("only if it has this ETag, as `enroll show` tells it"));

/** Adds where a key goes. */
export const writeKeyOptions = <T>(yargs: Argv<T>): Argv<T> =>
  yargs
    .option("write-key", file("write the primary symmetric key to this new file, mode 0600"))
    .option("derive", file("with --write-key: the key of this device of the group"))
    .option("force", { type: "boolean", describe: "overwrite the file of --write-key" });

/** Adds what an enrollment shall be like. */
export const settingsOptions = <T>(yargs: Argv<T>): Argv<T> =>
  ifMatchOption(yargs)
    .option("symmetric-key", {
      type: "boolean",
      describe: "its devices have symmetric keys; DPS makes them",
    })
    .option("key-env", file("variable with the primary key, in place of one that DPS makes"))
    .option("key-file", file("file, or URI in Azure Key Vault, with the primary key"))
    .option("secondary-certificate", file("a second certificate beside it, for a roll"))
    .option("remove-secondary", { type: "boolean", describe: "take the second certificate away" })
    .option("initial-twin", file("file with tags and properties.desired, YAML or JSON"))
    .option("allocation", file(`how a hub is chosen: ${ALLOCATION_POLICIES.join(", ")}`))
    .option("hub", {
      type: "array",
      string: true,
      requiresArg: true,
      describe: "hub that devices may be assigned to; repeatable",
      defaultDescription: "all linked ones",
    })
    .option("all-hubs", { type: "boolean", describe: "any linked hub again" })
    .option("webhook", file("URL that allocation custom asks; without a key in it"))
    .option("webhook-file", file("file with that URL, which may hold a key"))
    .option(
      "reprovision",
      file(
        `what becomes of a device that registers again: ${Object.keys(REPROVISION_POLICIES).join(", ")}`,
      ),
    )
    .option("disabled", { type: "boolean", describe: "its devices are not let in" })
    .option("if-missing", {
      type: "boolean",
      describe: "one that is there is not changed, and that is no failure",
    });
