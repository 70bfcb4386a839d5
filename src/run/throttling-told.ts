import { FleetError } from "../base/errors.ts";
import { formatRate } from "../base/units.ts";
import { plural } from "../output/terminal-text.ts";
import type { ThrottlingReader, ThrottlingState } from "../service/throttling-state.ts";

type Hub = ThrottlingState["hubs"][string];

/**
 * Looks at what an emulator's limits do, for the end of a run.
 *
 * @returns tells what they did since; nothing where the emulator does not tell that
 */
export async function watchThrottling(
  reader: ThrottlingReader,
  signal: AbortSignal,
): Promise<() => Promise<readonly string[]>> {
  const before = await stateOf(reader, signal);
  return async () => {
    const after = before === undefined ? undefined : await stateOf(reader);
    return before === undefined || after === undefined ? [] : throttlingLines(before, after);
  };
}

/** An emulator that is gone, or of another version, is no reason for a run to fail. */
async function stateOf(
  reader: ThrottlingReader,
  signal?: AbortSignal,
): Promise<ThrottlingState | undefined> {
  try {
    return await reader(signal);
  } catch (error) {
    if (error instanceof FleetError) return undefined;
    throw error;
  }
}

/**
 * What the limits of an emulator did between two looks at it, a line for each service on which they did anything; pure.
 * A device sees of it only that it is refused, slow or cut off.
 */
export function throttlingLines(
  before: ThrottlingState,
  after: ThrottlingState,
): readonly string[] {
  const dps = dpsText(before.dps, after.dps);
  const hubs = Object.entries(after.hubs).flatMap(([host, hub]) => {
    const text = hubText(before.hubs[host], hub);
    return text === "" ? [] : [`${host} (${hub.tier}) limits this fleet: ${text}`];
  });
  return dps === undefined ? hubs : [dps, ...hubs];
}

function dpsText(
  before: ThrottlingState["dps"],
  { refused: all, registrationsPerMinute: limit, windowS }: ThrottlingState["dps"],
): string | undefined {
  const refused = all - before.refused;
  if (refused === 0) return undefined;
  const why = limit === null ? "" : `; it takes ${limit} registrations in ${windowS} s`;
  return `DPS limits this fleet: ${plural(refused, "request")} refused${why}`;
}

function hubText(before: Hub | undefined, { throttles, messages }: Hub): string {
  const parts = Object.entries(throttles).flatMap(([name, { perS, delayed, refused }]) => {
    const was = before?.throttles[name];
    const counts = [
      [delayed - (was?.delayed ?? 0), "held up"],
      [refused - (was?.refused ?? 0), "refused"],
    ] as const;
    const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    if (told.length === 0) return [];
    const above = perS === null ? "" : ` above ${formatRate(perS)}`;
    return [`${wordsOf(name)}${above}: ${told.join(", ")}`];
  });
  const { perDay, used } = messages;
  if (perDay !== null && used >= perDay)
    parts.push(`its ${perDay} messages of this day are used up`);
  return parts.join("; ");
}

/** `twinReadsPerS` as `twin reads`. */
const wordsOf = (name: string): string =>
  name.replace(/PerS$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
