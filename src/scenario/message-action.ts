import { z } from "zod";
import type { Json } from "../base/json.ts";
import { parseDuration } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, toSelection } from "./devices-field.ts";
import { positiveDurationField } from "./fields.ts";

/** A cloud-to-device message to each device. */
export interface MessageAction {
  readonly kind: "message";
  readonly devices: DeviceSelection;
  /** Sent as JSON. */
  readonly body: Json;
  /** Application properties. */
  readonly properties: Readonly<Record<string, string>>;
  /** How long each device may take to get it, ms > 0; the hub gives it to nobody later than that. */
  readonly timeoutMs: number;
}

/** The names that HTTPS headers can carry. */
const propertyName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "expected a name of letters, digits, hyphens and dots");
const propertyValue = z.string().regex(/^[ -~]*$/, "expected printable ASCII");

/** The member of a timeline entry that sends cloud-to-device messages. */
export const messageFields = {
  message: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices that get the message" }),
      body: z.json().meta({ description: "What it holds, as JSON" }),
      properties: z
        .record(propertyName, propertyValue)
        .default({})
        .meta({ description: "Application properties" }),
      timeout: positiveDurationField
        .default("30s")
        .meta({ description: "How long a device may take to get it; then it expires" }),
    })
    .optional()
    .meta({ description: "Send a cloud-to-device message; emulator only" }),
};

const messages = z.object(messageFields);

/** The action of a checked entry; undefined where it is another one. */
export function toMessageAction({ message }: z.output<typeof messages>): MessageAction | undefined {
  if (message === undefined) return undefined;
  const { devices, body, properties, timeout } = message;
  const timeoutMs = parseDuration(timeout) ?? 0;
  return { kind: "message", devices: toSelection(devices), body, properties, timeoutMs };
}
