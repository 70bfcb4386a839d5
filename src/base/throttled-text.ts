import type { EmulatorTier } from "./hub-tiers.ts";
import { formatRate } from "./units.ts";

/** `tier S1, 2 units, DPS limit 200/m`: what an emulator was told to throttle; undefined where it throttles nothing. */
export function throttledText({
  tier = "none",
  units = 1,
  dpsRegistrationsPerMinute: perMinute,
}: {
  readonly tier?: EmulatorTier | undefined;
  readonly units?: number | undefined;
  readonly dpsRegistrationsPerMinute?: number | undefined;
}): string | undefined {
  const parts = [
    ...(tier === "none" ? [] : [`tier ${tier}, ${units} ${units === 1 ? "unit" : "units"}`]),
    ...(perMinute === undefined ? [] : [`DPS limit ${formatRate(perMinute / 60)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}
