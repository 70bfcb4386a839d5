import { formatMs } from "./format-ms.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { MissedDevice, TwinActionResult, TwinStraggler } from "./twin-summary.ts";
import type { Paint } from "./terminal-text.ts";
import { printable } from "./text-width.ts";
import { DEVICES_LISTED } from "./twin-action-order.ts";

/** So many devices of one kind are named in a line each. */
const NAMED = 3;

/** Patches that were held back for less went out at once. */
const NOTABLE_MS = 10;

/** What became of one twin action, and by name who did not follow; of a fleet of thousands a few lines. */
export function twinActionLines(
  action: TwinActionResult,
  ink: Pick<Paint, "bad">,
): readonly string[] {
  const { name, at, notDue } = action;
  const which = printable(name === null ? at : `${at} (${name})`);
  if (notDue) return [`  twin at ${which}: not due before the end`];
  return [
    `  twin at ${which}: ${countsText(action)}`,
    `    ${timesText(action)}`,
    ...stragglerLines(action).map((line) => `    ${ink.bad(printable(line))}`),
    ...missedLines(action).map((line) => `    ${printable(line)}`),
  ];
}

function countsText(action: TwinActionResult): string {
  const { rounds, roundsBegun, selected, patched, received, acknowledged, seen } = action;
  const begun = roundsBegun < rounds ? `${roundsBegun} of ${rounds}` : String(rounds);
  const some: readonly (readonly [number, string])[] = [
    [action.superseded, "overtaken by a later round"],
    [action.refused, "refused by the device"],
    [action.notEchoed, "not echoed"],
    [action.missed, "never pushed"],
    [action.duplicate, "pushed twice"],
    [action.outOfOrder, "out of order"],
  ];
  return [
    ...(rounds > 1 ? [`${begun} rounds`] : []),
    `${selected} selected`,
    `${patched} patched`,
    `${received} received`,
    `${acknowledged} acknowledged`,
    ...(seen === null ? [] : [`${seen} seen by the service`]),
    ...some.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    `${action.receivedByOthers} others`,
  ].join(", ");
}

function timesText({ ms, receivedMs, answerMs, seenMs, pacedMs }: TwinActionResult): string {
  const times: readonly (readonly [string, Percentiles])[] = [
    ["patch to device", receivedMs],
    ["device to acknowledged", answerMs],
    ["patch to acknowledged", ms],
    ["patch to seen", seenMs],
  ];
  const told = times
    .filter(([, { count }]) => count > 0)
    .map(([what, { p50, p95 }]) => `${what} p50 ${formatMs(p50)} p95 ${formatMs(p95)}`);
  const held =
    pacedMs.max === null || pacedMs.max < NOTABLE_MS ? [] : [`paced over ${formatMs(pacedMs.max)}`];
  return [...told, ...held].join("; ") || "no sample";
}

/** `1 of 10 devices did not show the values in time:`, then the first few of them with what is known. */
export function stragglerLines({
  stragglers,
  selected,
  stragglersNamed,
}: Pick<TwinActionResult, "stragglers" | "selected" | "stragglersNamed">): readonly string[] {
  if (stragglers === 0) return [];
  const named = stragglersNamed.slice(0, NAMED);
  const more = stragglers - named.length;
  return [
    `${stragglers} of ${selected} did not show the last values in time`,
    ...named.map((straggler) => `- ${stragglerText(straggler)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

const seconds = (s: number): string => `${s.toFixed(1)} s`;

/** `cave-7 never got version 5, patched at 12.3 s; last got version 4; reconnecting, lost at 11.0 s: …`. */
export function stragglerText(straggler: TwinStraggler): string {
  const { registrationId, patchedS, version, receivedVersion, state, disconnectedS } = straggler;
  const facts = [
    ...(patchedS === null ? [] : [`patched at ${seconds(patchedS)}`]),
    ...(receivedVersion === null || receivedVersion === version
      ? []
      : [`last got version ${receivedVersion}`]),
    ...(state === null ? [] : [state]),
    ...(disconnectedS === null ? [] : [`connection lost at ${seconds(disconnectedS)}`]),
    ...(straggler.error === null ? [] : [straggler.error]),
  ];
  return [`${registrationId} ${whyText(straggler)}`, ...facts].join("; ");
}

function whyText({ why, version, reported, ms }: TwinStraggler): string {
  const which = version === null ? "it" : `version ${version}`;
  switch (why) {
    case "late":
      return `acknowledged ${which} late, after ${formatMs(ms)}`;
    case "notPatched":
      return "was not patched";
    case "notReceived":
      return `never got ${which}`;
    case "notAcknowledged":
      return `got ${which} and reported nothing of it`;
    case "otherValue":
      return `got ${which} and reports ${JSON.stringify(reported)}`;
    case "refused":
      return `refused ${which}: ${JSON.stringify(reported)}`;
    default:
      return why satisfies never;
  }
}

/** The first few devices that were never pushed rounds. */
export function missedLines({ missedBy }: Pick<TwinActionResult, "missedBy">): readonly string[] {
  const named = missedBy.slice(0, NAMED);
  const more = missedBy.length - named.length;
  const others = missedBy.length < DEVICES_LISTED ? `${more} more` : "others";
  return [...named.map(missedText), ...(more > 0 ? [`and ${others} missed some`] : [])];
}

/** `cave-7 was never pushed 4 versions (rounds 2 to 5), and read what was in them`. */
export function missedText({ registrationId, versions, rounds, healed }: MissedDevice): string {
  const which = rounds.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  const noun = `round${versions === 1 ? "" : "s"}`;
  const then = healed ? "and read what was in them" : "and did not read what was in them";
  return `${registrationId} was never pushed ${noun} ${which.join(", ")}, ${then}`;
}
