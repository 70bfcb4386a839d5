import type { IngestedMessage } from "../../events/event-log.ts";
import { twinDocument } from "../documents.ts";
import type { IotHub } from "../hub.ts";
import { authMethodText } from "../login/login-method.ts";
import type { MessageProperties } from "../property-bag.ts";
import { parsePropertyBag } from "../property-bag.ts";
import type { RoutedMessage } from "./routed-message.ts";
import { bagKeyOf, isHubProperty } from "./routing-names.ts";

/** An ingested message as conditions see it; nothing of it is read before it is asked for. */
export function routedTelemetry(hub: IotHub, message: IngestedMessage): RoutedMessage {
  let properties: MessageProperties | undefined;
  let application: ReadonlyMap<string, string> | undefined;
  const parsed = (): MessageProperties => (properties ??= parsePropertyBag(message.bag));
  return {
    application: (name) => (application ??= lowerCased(parsed(), message)).get(name),
    system: (name) => {
      const key = bagKeyOf(name);
      return key === undefined ? ofHub(name, message) : parsed().system.get(key);
    },
    body: message.body,
    twin: () => {
      const record = hub.devices.find(message.deviceId);
      return record === undefined ? undefined : twinDocument(hub, record);
    },
  };
}

function lowerCased(
  { user }: MessageProperties,
  { added = {} }: IngestedMessage,
): ReadonlyMap<string, string> {
  const all = [...user, ...Object.entries(added)];
  return new Map(all.map(([name, value]) => [name.toLowerCase(), value]));
}

/** What the hub itself says of a message. */
function ofHub(name: string, message: IngestedMessage): string | undefined {
  if (!isHubProperty(name)) return undefined;
  switch (name) {
    case "$connectionDeviceId":
      return message.deviceId;
    case "$connectionModuleId":
      return undefined;
    case "$connectionAuthMethod":
      return authMethodText(message.loginMethod);
    case "$connectionAuthGenerationId":
      return message.generationId;
    case "$enqueuedTime":
      return new Date(message.enqueuedMs).toISOString();
    case "$messageSource":
      return "Telemetry";
    case "$dt-dataschema":
      return message.modelId === "" ? undefined : message.modelId;
    default:
      return name satisfies never;
  }
}
