import { FleetError } from "./errors.ts";

/**
 * What is wrong with latencies for these hubs: every hub has one, or none has. Names are compared without case.
 *
 * @returns a message for each problem
 */
export function latencyProblems(
  named: readonly string[],
  hubs: readonly string[],
): readonly string[] {
  const [given = [], all = []] = [named, hubs].map((names) =>
    names.map((name) => name.toLowerCase()),
  );
  const missing = given.length === 0 ? [] : all.filter((hub) => !given.includes(hub));
  return [
    ...given.filter((hub) => !all.includes(hub)).map((hub) => `${hub} is none of the hubs`),
    ...missing.map((hub) => `${hub} has no latency, and other hubs have one`),
  ];
}

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
  const problems = latencyProblems(Object.keys(given), hubs);
  if (problems.length > 0)
    throw new FleetError("USAGE", "the latencies do not fit the hubs", {
      hint: "give a latency for every hub, or for none",
      problems: problems.map((message) => ({ place: "--latency", message })),
    });
  return new Map(Object.entries(given).map(([hub, ms]) => [hub.toLowerCase(), ms] as const));
}
