import type { DeviceRow } from "../metrics/device-row.ts";

/** The columns of `devices.csv`, in order. */
export const DEVICE_COLUMNS = [
  "registrationId",
  "deviceId",
  "hub",
  "state",
  "worker",
  "attempts",
  "registrationMs",
  "connectionMs",
  "reconnects",
  "sent",
  "acked",
  "failed",
  "errorClass",
  "error",
] as const satisfies readonly (keyof DeviceRow)[];

/** One field as RFC 4180 has it: quoted only where it must be. */
export function csvField(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `devices.csv`: a header, then a row a device; lines end with a newline. */
export function devicesCsv(rows: readonly DeviceRow[]): string {
  const lines = rows.map((row) => DEVICE_COLUMNS.map((name) => csvField(row[name])).join(","));
  return `${[DEVICE_COLUMNS.join(","), ...lines].join("\n")}\n`;
}
