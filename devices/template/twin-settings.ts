import type { Mapping, Tell } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";
import type { DesiredProperty } from "./desired-property.ts";
import { INTERVAL_PROPERTY, readProperty } from "./desired-property.ts";

/** How a device answers desired properties: as they are, as Plug and Play acknowledgments, or not at all. */
export type Echo = "flat" | "ack" | "none";

/** What a twin means to the device. */
export interface TwinSettings {
  readonly echo: Echo;
  /** By name, in the order of the settings. */
  readonly desired: ReadonlyMap<string, DesiredProperty>;
  /** The one that sets the interval; undefined = the twin does not. */
  readonly interval: string | undefined;
  /** Reported whenever the device reads its twin. */
  readonly reported: ReadonlyMap<string, Json>;
}

/** Reads `twin: { echo, desired, interval, reported }`. */
export function readTwin(mapping: Mapping, tell: Tell): TwinSettings {
  const echo = mapping.choice("echo", ["flat", "ack", "none"]);
  const name = mapping.text("interval", "telemetryInterval");
  const interval = name === "none" ? undefined : name;
  const desired = new Map<string, DesiredProperty>();
  const section = mapping.part("desired", "desired properties by name");
  for (const key of section.keys()) {
    tellBadName(key, section.at(key), tell);
    desired.set(key, readProperty(section.value(key) ?? null, section.at(key), tell));
  }
  if (interval !== undefined) {
    const declared = desired.get(interval);
    if (declared === undefined) desired.set(interval, INTERVAL_PROPERTY);
    else if (declared.type !== "number" && declared.type !== "integer") {
      tell(section.at(interval), `expected a number: it is the interval, got a ${declared.type}`);
    }
  }
  const reported = new Map<string, Json>();
  const constants = mapping.part("reported", "constants by name");
  for (const key of constants.keys()) {
    tellBadName(key, constants.at(key), tell);
    reported.set(key, constants.value(key) ?? null);
  }
  mapping.close();
  return { echo, desired, interval, reported };
}

/** Source: Microsoft Learn, "Understand and use device twins in IoT Hub", "Tags and properties format": what keys cannot have. */
function tellBadName(name: string, path: string, tell: Tell): void {
  if (/^[^\p{Cc}.$ #]{1,1024}$/u.test(name)) return;
  tell(path, "expected a name without . $ # and spaces, as twins want it");
}
