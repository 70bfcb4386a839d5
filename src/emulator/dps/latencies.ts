import { FleetError } from "../../base/errors.ts";

/**
 * How far the hubs are from the devices of this machine, which cannot be measured here: `geoLatency` goes by what is
 * told.
 *
 * @param given ms by host name, in any case
 * @returns by host name; empty where none is told
 * @throws {FleetError} `USAGE` where some hubs have one and others not, or one is of no hub
 */
export function latenciesOf(
  given: Readonly<Record<string, number>>,
  hubs: readonly string[],
): ReadonlyMap<string, number> {
  const latencies = new Map(
    Object.entries(given).map(([hostName, ms]) => [hostName.toLowerCase(), ms] as const),
  );
  const strangers = [...latencies.keys()].filter((hostName) => !hubs.includes(hostName));
  const missing = latencies.size === 0 ? [] : hubs.filter((hostName) => !latencies.has(hostName));
  if (strangers.length === 0 && missing.length === 0) return latencies;
  throw new FleetError("USAGE", "the latencies do not fit the hubs", {
    hint: "give a latency for every hub, or for none",
    problems: [
      ...strangers.map((hub) => ({
        place: "latency",
        message: `${hub} is no hub of this emulator`,
      })),
      ...missing.map((hub) => ({ place: "latency", message: `${hub} has none` })),
    ],
  });
}
