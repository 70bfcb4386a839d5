import type { JsonObject, Message } from "../../src/model/model.ts";
import { csharpDouble, roundToEven } from "../shared/csharp-number.ts";
import { round2 } from "../shared/rounding.ts";
import type { Reading } from "./belt.ts";
import type { BeltFeatures } from "./features.ts";
import type { BeltSettings } from "./settings.ts";

/** A reading as JSON text. */
type NumberText = (value: number) => string;

/** How a device writes its readings. */
export interface MessageStyle {
  /** Vibration in the telemetry message. */
  readonly telemetry: NumberText;
  /** Readings in the logging message. */
  readonly log: NumberText;
  /** Further members of the logging message where `features` is on; numbers in every dialect. */
  readonly features: (features: BeltFeatures) => JsonObject;
  /** Of the system properties; without one a hub takes the body for bytes. */
  readonly contentType: "none" | "json";
  readonly telemetrySensorID: string;
  readonly logSensorID: string;
}

/** A plain JSON number of two decimals: `0`, `1.23`. */
export const numberText: NumberText = (value) => JSON.stringify(round2(value));
/** The text of two decimals, as Node.js samples write it: `"0.00"`. */
export const stringText: NumberText = (value) => `"${value.toFixed(2)}"`;
/** Two decimals as C# samples write them: `0.0`. */
export const csharpText: NumberText = (value) => csharpDouble(roundToEven(value, 2));
/** Every decimal, as a C# sample writes it. */
export const unroundedText: NumberText = (value) => csharpDouble(value);
/** Five decimals, as a C# sample writes them. */
export const csharpText5: NumberText = (value) => csharpDouble(roundToEven(value, 5));

/** What goes over the wire for one step: telemetry, which is the vibration alone, then the log. */
export function telemetryThenLog(reading: Reading, style: MessageStyle): readonly Message[] {
  const telemetry = `{"vibration":${style.telemetry(reading.vibration)}}`;
  return [
    message(telemetry, style.telemetrySensorID, reading, style),
    message(logBody(reading, style), style.logSensorID, reading, style),
  ];
}

function logBody(reading: Reading, { log, features: membersOf }: MessageStyle): string {
  const { vibration, packages, speed, temperatureF, features } = reading;
  const more = features && `,${JSON.stringify(membersOf(features)).slice(1, -1)}`;
  return `{"vibration":${log(vibration)},"packages":${packages},"speed":"${speed}","temp":${log(temperatureF)}${more ?? ""}}`;
}

/** The only message of the draft. */
export function draftMessage(reading: Reading, style: MessageStyle): readonly Message[] {
  const { vibration, packages, speed } = reading;
  const body = `{"vibration":${style.telemetry(vibration)},"packages":${packages},"speed":"${speed}"}`;
  return [message(body, style.telemetrySensorID, reading, style)];
}

function message(
  body: string,
  sensorID: string,
  { beltAlert }: Reading,
  { contentType }: MessageStyle,
): Message {
  const properties = { sensorID, beltAlert: beltAlert ? "true" : "false" };
  return contentType === "json" ? { body, properties, ...JSON_CONTENT } : { body, properties };
}

const JSON_CONTENT = { contentType: "application/json", contentEncoding: "utf-8" } as const;

/** The dialect's style where the settings do not say otherwise. */
export function styleOf(own: MessageStyle, settings: BeltSettings): MessageStyle {
  const {
    encoding = own.log === stringText ? "strings" : "numbers",
    contentType = own.contentType,
    telemetrySensorID = own.telemetrySensorID,
    logSensorID = own.logSensorID,
  } = settings;
  return { ...own, ...encoded(own, encoding), contentType, telemetrySensorID, logSensorID };
}

function encoded(
  own: MessageStyle,
  encoding: "numbers" | "strings",
): Pick<MessageStyle, "telemetry" | "log"> {
  const isStrings = own.log === stringText;
  if (isStrings === (encoding === "strings")) return own;
  const text = isStrings ? numberText : stringText;
  return { telemetry: text, log: text };
}
