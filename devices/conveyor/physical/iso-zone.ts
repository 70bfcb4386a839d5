/** Classes of machines: I small ones, II medium, III large on stiff and IV large on soft foundations. */
export const MACHINE_CLASSES = ["I", "II", "III", "IV"] as const;
export type MachineClass = (typeof MACHINE_CLASSES)[number];

/** How bad a vibration is: A as new, B good for years, C for a while, D harmful. */
export type IsoZone = "A" | "B" | "C" | "D";

/** Band of the velocity that is judged. ISO has 10 to 1,000 Hz; slow rollers need a lower edge, which is ours. */
export const ZONE_BAND_HZ = { least: 2, most: 1_000 } as const;

/** Upper bounds of the zones A, B and C in mm/s RMS. Source: ISO 10816-1:1995, annex B. */
const BOUNDS_MM_PER_S: Readonly<Record<MachineClass, readonly [number, number, number]>> = {
  I: [0.71, 1.8, 4.5],
  II: [1.12, 2.8, 7.1],
  III: [1.8, 4.5, 11.2],
  IV: [2.8, 7.1, 18],
};

/** The zone of a velocity in m/s RMS. A bound itself belongs to the better zone. */
export function isoZone(velocityRms: number, machine: MachineClass): IsoZone {
  const [good, fair, poor] = BOUNDS_MM_PER_S[machine];
  const mmPerS = velocityRms * 1_000;
  if (mmPerS <= good) return "A";
  if (mmPerS <= fair) return "B";
  return mmPerS <= poor ? "C" : "D";
}
