import type { Argv } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import type { HubTier } from "../../base/hub-tiers.ts";
import { HUB_TIERS, unitsProblem } from "../../base/hub-tiers.ts";
import type { RunOptions } from "../../run/run-options.ts";
import { UNITS_HIGHEST } from "../../scenario/emulator-section.ts";
import { enumField } from "../../scenario/fields.ts";
import { dpsLimit, LOG_LEVEL_OPTION, logLevel, once, onOff, whole } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  SCENARIO_OPTIONS,
  scenarioFields,
  scenarioOptionsOf,
  valueOption,
} from "../run/scenario-flags.ts";

/** Adds the options of `plan`: those of `run` that settle what it does, and what it is held against. */
export function planOptions(yargs: Argv): Argv {
  return yargs
    .positional("scenario", {
      type: "string",
      describe: "scenario file; without one the shipped thirty-caves.yaml",
    })
    .options(SCENARIO_OPTIONS)
    .option(
      "tier",
      valueOption(`size of the hubs: ${HUB_TIERS.join(", ")}`, "the emulator's, else all of them"),
    )
    .option("units", valueOption("units of that tier", "1"))
    .option(
      "dps-limit",
      valueOption("registrations that DPS takes, such as 200/m", "the emulator's, else 1000/m"),
    )
    .option("certs", valueOption("folder of the certificates, which plan does not look at"))
    .option("json", { type: "boolean", describe: "print the whole forecast as JSON" })
    .option("log-level", LOG_LEVEL_OPTION);
}

const planFlags = z.object({
  ...scenarioFields,
  tier: enumField(HUB_TIERS).optional(),
  units: whole(1, UNITS_HIGHEST).optional(),
  "dps-limit": dpsLimit.optional(),
  certs: once.optional(),
  json: onOff.default(false),
  "log-level": logLevel,
});

/** What the command line asks for, checked. */
export interface PlanFlags {
  readonly options: RunOptions;
  readonly tier: { readonly tier: HubTier; readonly units: number } | undefined;
  readonly dpsLimitPerMinute: number | undefined;
  readonly json: boolean;
}

/**
 * Checks what yargs read.
 *
 * @param defaultScenario the scenario of a command line that names none
 * @throws {FleetError} `USAGE` with every problem at its flag
 */
export function parsePlanFlags(given: unknown, defaultScenario: string): PlanFlags {
  const flags = parseFlags(planFlags, given, "plan", { scenario: "scenario" });
  const { tier, units } = flags;
  const message = unitsProblem(tier ?? "none", units);
  if (message !== undefined) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: [{ place: "--units", message }],
      hint: "see plan --help",
    });
  }
  return {
    options: {
      ...scenarioOptionsOf(flags, defaultScenario),
      certsDir: "certs",
      saveMessages: false,
      connectTo: [],
      strict: false,
      yes: false,
      logLevel: flags["log-level"],
    },
    tier: tier === undefined ? undefined : { tier, units: units ?? 1 },
    dpsLimitPerMinute: flags["dps-limit"],
    json: flags.json,
  };
}
