import type { Forecast } from "../../run/forecast/forecast.ts";
import { grouped } from "../../run/forecast/forecast-line.ts";
import type { HubUse } from "../../run/forecast/tier-use.ts";

type LimitName = NonNullable<Forecast["firstThrottled"]>["limit"];

const WORDS: Readonly<Record<LimitName, string>> = {
  registrationsPerMinute: "registrations a minute",
  connectionsPerS: "connections a second",
  telemetryPerS: "messages a second",
  twinReadsPerS: "twin reads a second",
  twinUpdatesPerS: "twin updates a second",
  messagesPerDay: "metered messages a day",
  devicesMax: "devices of a hub",
};

/** A limit for people. */
export const limitText = (limit: LimitName): string => WORDS[limit];

/** What is used of a limit, with a tick or a cross. */
export function useText({ use, needed, allowed, exceededAtS }: HubUse): string {
  const mark = exceededAtS === null ? "✓" : "✗";
  const past = exceededAtS === null ? "" : `, exceeded after ${timeText(exceededAtS)}`;
  const of = allowed === 0 ? "not in this tier" : `of ${grouped(allowed)}`;
  return `${mark} ${limitText(use)}: ${grouped(needed)} ${of}${past}`;
}

/** Seconds for people: `2.9 s`, `12 min 3 s`, `27 h 46 min`; fractions only below a minute. */
export function timeText(seconds: number): string {
  if (seconds < 59.95) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return withRest(minutes, "min", whole % 60, "s");
  return withRest(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const withRest = (count: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${restUnit}`;

/** Bytes for people: `312 MiB`, `11.2 GiB`. */
export function bytesText(bytes: number): string {
  const mib = bytes / 1_024 ** 2;
  return mib < 1_024 ? `${Math.round(mib)} MiB` : `${Math.round((mib / 1_024) * 10) / 10} GiB`;
}
