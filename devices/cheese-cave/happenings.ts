import type { Json, ModelEvent } from "../../src/model/model.ts";

/** What happens in a cave and is told; texts are the lines that the samples print, names are the same in all dialects. */

export function fanFailed(): ModelEvent {
  return { name: "fanFailed", text: "Fan has failed", level: "warning" };
}

export function fanRepaired(): ModelEvent {
  return { name: "fanRepaired", text: "Fan repaired" };
}

/** By a method or by the twin. */
export function fanSet(text: string): ModelEvent {
  return { name: "fanSet", text };
}

export function setpointSet(text: string, property: string, value: Json): ModelEvent {
  return { name: "setpointSet", text, data: { property, value } };
}

export function methodFailed(text: string): ModelEvent {
  return { name: "methodFailed", text, level: "warning" };
}

/** A sample's program gave a patch up half way. */
export function twinFailed(text: string): ModelEvent {
  return { name: "twinFailed", text, level: "warning" };
}

/** A sample's program shows the desired section at its start, and does nothing about it. */
export function initialTwin(desired: Json): ModelEvent {
  return {
    name: "initialTwin",
    text: `Initial twin desired properties: ${JSON.stringify(desired)}`,
  };
}

/** A fault that the device's signal knows nothing of. */
export function faultIdle(kind: string): ModelEvent {
  return {
    name: "faultWithoutEffect",
    text: `${kind} has no effect: it needs signal: physical`,
    level: "warning",
    data: { kind },
  };
}
