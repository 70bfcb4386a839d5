import type { RunEvent } from "./output.ts";
import { printable } from "./text-width.ts";

/** Of the devices that have a fault of the timeline, this many are named. */
const DEVICES_NAMED = 3;

/** Tells faults of the timeline: some devices by name, then that there are more. Those of schedules come too often. */
export class FaultText {
  readonly #told = new Map<string, number>();

  /** A line for people; undefined = nothing new is to be told. */
  of(event: RunEvent & { type: "fault" }): string | undefined {
    const { at, kind, state, deviceId, parameters } = event;
    if (at === undefined) return undefined;
    const key = JSON.stringify([at, kind, parameters, state]);
    const told = (this.#told.get(key) ?? 0) + 1;
    this.#told.set(key, told);
    const what = `fault ${kind} ${state}`;
    if (told === DEVICES_NAMED + 1) return `… and more: ${what}`;
    if (told > DEVICES_NAMED) return undefined;
    const given = Object.keys(parameters).length === 0 ? "" : ` ${JSON.stringify(parameters)}`;
    return printable(`${what}: ${deviceId}${state === "begun" ? given : ""}`);
  }
}
