import { label } from "../../output/terminal-text.ts";
import { printable } from "../../output/text-width.ts";
import { formatDuration, formatRate } from "../../base/units.ts";
import type { Forecast } from "../../run/forecast/forecast.ts";
import { forecastLine, grouped } from "../../run/forecast/forecast-line.ts";
import type { PartForecast } from "../../run/forecast/part-forecast.ts";
import type { HubForecast } from "../../run/forecast/hub-forecast.ts";
import { bytesText, limitText, timeText, useText } from "./plan-words.ts";

/** A forecast for people. Ends with a line feed. */
export function planText(forecast: Forecast): string {
  const lines = [
    `${forecast.scenario}: ${forecastLine(forecast)}`,
    `target ${forecast.target}, seed ${forecast.seed}, ${durationText(forecast)}`,
    "",
    ...(forecast.part === null ? [] : labelled("part", partLines(forecast.part))),
    ...labelled("devices", modelsOf(forecast)),
    ...labelled("arrival", arrivalLines(forecast)),
    ...(forecast.attempts === null ? [] : labelled("attempts", attemptLines(forecast.attempts))),
    ...(forecast.phases.length === 0 ? [] : labelled("phases", [phasesText(forecast)])),
    ...labelled("timeline", timelineLines(forecast)),
    ...labelled("registration", registrationLines(forecast)),
    ...labelled("messages", messageLines(forecast)),
    ...forecast.hubs.flatMap((hub) => labelled("hub", hubLines(hub))),
    ...labelled("tier", tierLines(forecast)),
    ...labelled("throttled", [throttledText(forecast)]),
    ...labelled("machine", machineLines(forecast)),
    ...forecast.warnings.flatMap(({ place, message, hint }) => [
      "",
      `warning: ${place}: ${message}`,
      ...(hint === undefined ? [] : [`  ${hint}`]),
    ]),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

const labelled = (name: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, at) => `${label(at === 0 ? name : "")}${line}`);

function durationText({ durationS, timeScale }: Forecast): string {
  const length = durationS === null ? "until stopped" : formatDuration(durationS * 1_000);
  return timeScale === 1 ? length : `${length}, devices' time ×${timeScale}`;
}

/** What follows it is of the whole plan, but for the machine. */
const partLines = ({ index, of, devices, arrival, messages }: PartForecast): readonly string[] => [
  `${index}/${of}: ${grouped(devices)} ${devices === 1 ? "device" : "devices"}, the last one is due after ${timeText(arrival.endS)}, at most ${grouped(arrival.mostPerS)} in a second`,
  `${grouped(messages.perS)}/s once all of these are connected${messages.run === null ? "" : `, ${grouped(messages.run.messages)} messages in this run`}`,
  "machine is what this part needs; the rest is of the whole plan, as services see it",
];

const phasesText = ({ phases }: Forecast): string =>
  phases.map(({ name, atS }) => `${name} from ${timeText(atS)}`).join(", ");

const timelineLines = ({ timeline }: Forecast): readonly string[] =>
  timeline.map(
    ({ atS, does, rounds }) =>
      `${timeText(atS)}: ${does}${rounds > 1 ? `, ${grouped(rounds)} times` : ""}`,
  );

const modelsOf = ({ devices }: Forecast): readonly string[] => [
  ...Object.entries(devices.byModel).map(([model, count]) => `${grouped(count)} ${model}`),
  ...(devices.toBeRefused === 0
    ? []
    : [`${grouped(devices.toBeRefused)} of them to be refused: they come to no hub`]),
];

function arrivalLines({ arrival, devices, registration }: Forecast): readonly string[] {
  const { adaptive, endS, mostPerS, curve } = arrival;
  const bars = (counts: readonly number[]): string =>
    counts.map((count) => barOf(count / devices.total)).join("");
  const end = curve.at(-1)?.atS ?? 0;
  return [
    ...(adaptive ? ["adaptive: it follows from what the services answer; at the fastest:"] : []),
    `the last one is due after ${timeText(endS)}, at most ${grouped(mostPerS)} in a second`,
    `started    ${bars(curve.map(({ started }) => started))}`,
    `connected  ${bars(curve.map(({ connected }) => connected))}`,
    `           0${timeText(end).padStart(Math.max(1, curve.length - 1))}`,
    ...(registration.polls === 0
      ? []
      : [`the last one is assigned after ${timeText(registration.endS)}, at the earliest`]),
  ];
}

const attemptLines = ({ perS, endS }: NonNullable<Forecast["attempts"]>): readonly string[] => [
  `the whole fleet connects at most ${formatRate(perS)}: to DPS, then to its hub, and whenever a device comes back`,
  `the last one is at its hub after ${timeText(endS)}, at the earliest`,
];

const BARS = " ▁▂▃▄▅▆▇█";

/** The height that stands for a share; what is more than nothing has a bar. */
function barOf(share: number): string {
  const most = BARS.length - 1;
  return BARS.charAt(share === 0 ? 0 : Math.max(1, Math.floor(share * most)));
}

function registrationLines({ arrival, registration }: Forecast): readonly string[] {
  const { registrations, polls, serviceOperations, limitPerMinute, waiting } = registration;
  if (registrations === 0) return ["none: all devices bring their hub along"];
  const { limitApplies, mostInMinute, endUnderLimitS } = registration;
  const busy = `${grouped(mostInMinute)} due in the busiest minute, ${grouped(limitPerMinute)} allowed`;
  const told = `${grouped(waiting)} are told to wait (429), at least`;
  const wait =
    waiting === 0
      ? "nobody waits"
      : polls === 0
        ? told
        : arrival.adaptive
          ? `it is held below that from then on; the last is assigned after ${timeText(endUnderLimitS)} at the earliest`
          : `${told}; the last is assigned after ${timeText(endUnderLimitS)}`;
  return [
    `${grouped(registrations)} registrations, ${grouped(polls)} polls, ${grouped(serviceOperations)} service operations`,
    `${limitApplies ? "" : "no limit is known of this run's emulator; in Azure: "}${busy}: ${wait}`,
  ];
}

function messageLines({ devices, messages }: Forecast): readonly string[] {
  if (devices.toBeRefused === devices.total) return ["none: all devices are to be refused"];
  const { bytes, perS, run, day } = messages;
  const volume = (name: string, of: typeof day): string =>
    `${name} ${grouped(of.messages)} messages and ${grouped(of.twinOperations)} twin operations, metered as ${grouped(of.metered4KiB)} of 4 KiB, ${grouped(of.metered512B)} of 512 B (F1)`;
  return [
    bytes === null
      ? "none in the first steps of the models"
      : `${grouped(perS)}/s once all are connected, ${grouped(bytes.mean)} B on average, ${grouped(bytes.max)} B at most`,
    ...(run === null ? [] : [volume("this run:", run)]),
    volume("a day:", day),
  ];
}

function hubLines({ hub, assumed, devices, ...rates }: HubForecast): readonly string[] {
  const name = hub ?? "not known yet";
  const guess = assumed ? (hub === null ? ", taken for one" : ", by an even share") : "";
  return [
    `${name}: ${grouped(devices)} devices connected at once${guess}`,
    `busiest second: ${grouped(rates.connectionsPerS)} connections, ${grouped(rates.telemetryPerS)} messages, ${grouped(rates.twinReadsPerS)} twin reads, ${grouped(rates.twinUpdatesPerS)} twin updates`,
  ];
}

function tierLines({ tier, hubs, tiers }: Forecast): readonly string[] {
  if (hubs.length === 0) return ["any: no device comes to a hub"];
  if (tier !== null) {
    const name = `${tier.tier}, ${tier.units} ${tier.units === 1 ? "unit" : "units"}`;
    return [
      name,
      ...hubs.flatMap(({ hub, uses }) => [
        ...(hubs.length === 1 || hub === null ? [] : [`${hub}:`]),
        ...(uses ?? []).map(useText),
      ]),
    ];
  }
  const each = hubs.length > 1 ? " for each hub" : "";
  return [
    `none given (--tier); what would do${each}:`,
    ...tiers.map(({ tier: name, units, exceeded }) =>
      units === null
        ? `✗ ${name}  ${exceeded.map(limitText).join(", ")}`
        : `✓ ${name}  ${units} ${units === 1 ? "unit" : "units"}`,
    ),
  ];
}

function throttledText({ firstThrottled: first, tier }: Forecast): string {
  if (first === null) return tier === null ? "nothing by DPS" : "nothing";
  const { limit, hub, needed, allowed, atS } = first;
  const where = hub === null ? "" : ` of ${hub}`;
  return `first ${limitText(limit)}${where}, after ${timeText(atS)}: ${grouped(needed)} wanted, ${grouped(allowed)} allowed`;
}

function machineLines({ machine }: Forecast): readonly string[] {
  return machine.flatMap(({ resource, of, needed, available, mend }) => {
    const shown = (amount: number): string =>
      resource === "memory" ? bytesText(amount) : grouped(amount);
    const name = { memory: "memory", openFiles: "open files", ports: "ports" }[resource];
    const has = available === null ? "" : ` of ${shown(available)}`;
    const line = `${mend === null ? "✓" : "✗"} ${name}: ${shown(needed)}${has} (${of})`;
    return mend === null ? [line] : [line, `  ${mend}`];
  });
}
