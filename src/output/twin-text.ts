import { DIVERGENCE_WORDS, sidesText } from "./divergence.ts";
import type { RunEvent } from "./output.ts";
import { formatSpan } from "./terminal-text.ts";

type TwinTrouble = RunEvent & { type: "desiredDropped" | "desiredMissed" | "divergence" };

/** A line about one device; of many of a kind the first are told. */
export interface TwinLine {
  readonly kind: string;
  readonly text: string;
  /** What the others of that kind do: `… and others follow`. */
  readonly others: string;
  readonly tone: "good" | "plain" | "bad";
}

/** What went wrong with a device's twin, or is well again. */
export function twinLine(event: TwinTrouble): TwinLine {
  switch (event.type) {
    case "desiredDropped":
      return droppedLine(event);
    case "desiredMissed":
      return missedLine(event);
    case "divergence":
      return divergenceLine(event);
    default:
      return event satisfies never;
  }
}

function droppedLine({ deviceId, version, why }: RunEvent & { type: "desiredDropped" }): TwinLine {
  const how = why === "duplicate" ? "twice" : "after newer ones";
  const text = `${deviceId} was told desired version ${version} ${how}`;
  return { kind: why, text, others: `were told versions ${how}`, tone: "bad" };
}

function missedLine(event: RunEvent & { type: "desiredMissed" }): TwinLine {
  const { deviceId, from, to, healed } = event;
  const versions = from === to ? `version ${from}` : `versions ${from} to ${to}`;
  const then = healed ? "and read what was in it" : "and did not read what was in it";
  const others = `missed versions ${then}`;
  const text = `${deviceId} was never told desired ${versions}, ${then}`;
  return { kind: others, text, others, tone: healed ? "plain" : "bad" };
}

function divergenceLine(event: RunEvent & { type: "divergence" }): TwinLine {
  const { deviceId, property, state, kind, sinceMs } = event;
  if (state === "ended") {
    const text = `${deviceId}: ${property} agrees again after ${formatSpan(sinceMs)}`;
    return { kind: "agrees", text, others: "agree again", tone: "good" };
  }
  const words = DIVERGENCE_WORDS[kind];
  const text = `${deviceId}: ${property} ${words} for ${formatSpan(sinceMs)}: ${sidesText(event)}`;
  return { kind: `diverges ${kind}`, text, others: `have a property that ${words}`, tone: "bad" };
}
