import type { Message } from "../../src/model/model.ts";
import { csharpDouble, roundToEven } from "../shared/csharp-number.ts";
import { round2 } from "../shared/rounding.ts";
import type { Alerts } from "./alerts.ts";
import type { Cave } from "./cave.ts";

/** How a device writes its readings. */
export interface MessageStyle {
  /** A reading as JSON text, rounded to two decimals. */
  readonly reading: (value: number) => string;
  /** Of the system properties; without one a hub takes the body for bytes. */
  readonly contentType: "none" | "json";
}

/** A plain JSON number: `85`, `69.73`. */
export function numberText(value: number): string {
  return JSON.stringify(round2(value));
}

/** The number that the C# samples write, halves to the even neighbour: `85.0`, `69.73`. */
export function csharpText(value: number): string {
  return csharpDouble(roundToEven(value, 2));
}

/** The text of two decimals, as Node.js samples write it: `"85.00"`. */
export function stringText(value: number): string {
  return `"${value.toFixed(2)}"`;
}

/**
 * A cave's one message: readings in the body, and application properties to route on. An alert that is not raised is
 * absent, not `false`; `fanAlert` is always there.
 *
 * @param style with the application property `sensorID`
 */
export function encodeMessage(
  cave: Cave,
  alerts: Alerts,
  style: MessageStyle & { readonly sensorID: string },
): Message {
  return {
    body: `{"temperature":${style.reading(cave.temperature)},"humidity":${style.reading(cave.humidity)}}`,
    properties: {
      sensorID: style.sensorID,
      fanAlert: cave.fan === "failed" ? "true" : "false",
      ...(alerts.temperature ? { temperatureAlert: "true" } : {}),
      ...(alerts.humidity ? { humidityAlert: "true" } : {}),
    },
    ...(style.contentType === "json" ? JSON_CONTENT : {}),
  };
}

const JSON_CONTENT = { contentType: "application/json", contentEncoding: "utf-8" } as const;
