import { isIPv4 } from "node:net";

/**
 * The categories of Azure's resource logs that the emulator writes.
 * Sources: Microsoft Learn, "Monitoring data reference for Azure IoT Hub" and "… Azure IoT Hub Device Provisioning
 * Service", resource logs.
 */
export const LOG_CATEGORIES = [
  "Connections",
  "DeviceTelemetry",
  "C2DCommands",
  "DeviceIdentityOperations",
  "Routes",
  "D2CTwinOperations",
  "C2DTwinOperations",
  "TwinQueries",
  "JobsOperations",
  "DirectMethods",
  "DeviceOperations",
  "ServiceOperations",
] as const;
export type LogCategory = (typeof LOG_CATEGORIES)[number];

/** What a log record says, beside where and when. Nothing in it is a secret, and no text in it is long. */
export interface LogRecord {
  readonly category: LogCategory;
  readonly operationName: string;
  readonly level: "Information" | "Error";
  /** At hubs the number of the error, at DPS what came of it. */
  readonly resultType?: string | undefined;
  /** HTTP status of an error; DPS alone. */
  readonly resultSignature?: string | undefined;
  /** The name of the error. */
  readonly resultDescription?: string | undefined;
  /** Masked; DPS alone, hubs have it in the properties. */
  readonly callerIpAddress?: string | undefined;
  /** Azure writes them as the text of a JSON object. */
  readonly properties: Readonly<Record<string, string | number | null | undefined>>;
}

/** As much of a text as a record keeps: device ids are not longer, what strangers say they are may be. */
export const TEXT_MAX = 128;

/** A client's own words, cut to what a record keeps: a copy, since a part of a string keeps all of it in memory. */
export function cut(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const kept = Buffer.from(text.slice(0, TEXT_MAX), "utf16le").toString("utf16le");
  return text.length <= TEXT_MAX ? kept : `${kept}…`;
}

/** An IP address without the part that tells one machine: `24.18.226.XXX`. */
export function maskedAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const separator = isIPv4(address) || address.includes(".") ? "." : ":";
  return `${address.slice(0, address.lastIndexOf(separator) + 1)}XXX`;
}
