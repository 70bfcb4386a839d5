/** .NET counts 100 ns ticks since the year 1; this is 1970-01-01 on that scale. */
const TICKS_AT_1970 = 621_355_968_000_000_000n;

/**
 * A UTC time with the seven fractional digits of DPS answers, `2022-08-27T17:53:19.5140000Z`.
 * Source: Microsoft Learn, "How to use X.509 certificates over HTTPS without an SDK" (sample answers).
 */
export function azureDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}0000Z`;
}

/** A generation id as the identity registry gives them: the tick count at creation, 18 digits. */
export function generationId(ms: number, ordinal: number): string {
  return String(TICKS_AT_1970 + BigInt(Math.trunc(ms)) * 10_000n + BigInt(ordinal % 10_000));
}
