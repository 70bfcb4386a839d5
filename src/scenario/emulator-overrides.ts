import { defined } from "../base/defined.ts";
import type { Problem } from "../base/errors.ts";
import { unitsProblem } from "../base/hub-tiers.ts";
import type { EmulatorSettings } from "./emulator-section.ts";

type Size = Pick<EmulatorSettings, "tier" | "units" | "dpsRegistrationsPerMinute">;

/** Flags of `run` for the emulator that it starts, by the setting that each takes the place of. */
export const EMULATOR_FLAGS = {
  tier: "--emulator-tier",
  units: "--emulator-units",
  dpsRegistrationsPerMinute: "--emulator-dps-limit",
} as const satisfies Readonly<Record<keyof Size, string>>;

/** What those flags say; undefined = what the scenario says. */
export interface EmulatorOverrides {
  readonly tier?: string | undefined;
  readonly units?: number | undefined;
  /** In a minute. */
  readonly dpsRegistrationsPerMinute?: number | undefined;
}

/** The settings with what is given in their place; units that no longer have a tier go with it. */
export function overrideEmulator(written: EmulatorSettings, given: Size): EmulatorSettings {
  const { units: _, ...unsized } = written;
  return { ...(given.tier === "none" ? unsized : written), ...defined(given) };
}

/**
 * Units that do not fit the tier, at the setting that should change.
 *
 * @param settings of scenario and flags together
 * @param given what the flags say of them
 * @param config what the configuration file has where `settings` say nothing
 * @param source the scenario file
 */
export function sizeProblem(
  settings: Size,
  given: EmulatorOverrides,
  config: Size,
  source: string,
): Problem | undefined {
  const { tier = config.tier ?? "none" } = settings;
  const units = settings.units ?? (tier === "none" ? undefined : config.units);
  const message = unitsProblem(tier, units);
  if (message === undefined) return undefined;
  if (given.units !== undefined) return { place: EMULATOR_FLAGS.units, message };
  if (given.tier !== undefined) {
    const hint = `give ${EMULATOR_FLAGS.units} too`;
    return { place: EMULATOR_FLAGS.tier, message, hint };
  }
  const own = settings.units === undefined ? "tier" : "units";
  return { place: `${source} emulator.${own}`, message };
}
