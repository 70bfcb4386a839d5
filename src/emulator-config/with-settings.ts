import type { EmulatorOptions } from "../emulator/emulator.ts";

type Options = Omit<EmulatorOptions, "tls">;

/** A configuration's options with others in their place. What belongs to a tier goes with it. */
export function withSettings(config: Options, more: Options): Options {
  const { units: _units, tierLimits: _limits, ...untiered } = config;
  return { ...(more.tier === "none" ? untiered : config), ...more };
}
