/** Which part of a rolling bearing is damaged. */
export const BEARING_PARTS = ["outerRace", "innerRace", "ball", "cage"] as const;
export type BearingPart = (typeof BEARING_PARTS)[number];

/** A rolling bearing whose outer race stands still. */
export interface BearingGeometry {
  /** Rolling elements, a whole number. */
  readonly balls: number;
  /** Diameter of a ball over the pitch diameter, in (0, 1). */
  readonly ballRatio: number;
  readonly contactAngleDeg: number;
}

/**
 * Impacts for each turn of the shaft while `part` is damaged: the ball pass frequencies of the outer and inner race,
 * the spin of a ball (BSF) and the turns of the cage (FTF), over the shaft's frequency.
 * Source: Randall and Antoni, "Rolling element bearing diagnostics: a tutorial" (2011).
 */
export function impactsPerTurn(part: BearingPart, bearing: BearingGeometry): number {
  const { balls, ballRatio, contactAngleDeg } = bearing;
  const k = ballRatio * Math.cos((contactAngleDeg * Math.PI) / 180);
  switch (part) {
    case "outerRace":
      return (balls / 2) * (1 - k);
    case "innerRace":
      return (balls / 2) * (1 + k);
    case "ball":
      return (1 - k * k) / (2 * ballRatio);
    case "cage":
      return (1 - k) / 2;
  }
  return part satisfies never;
}
