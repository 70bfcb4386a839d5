import { ServiceFault } from "../../fault.ts";
import { TOPIC_MAX_BYTES } from "../../send-to.ts";
import type { CommandMessage } from "./command-message.ts";
import { commandBag, commandBytes } from "./command-message.ts";
import type { IotHub } from "../hub.ts";

/** A message before the hub has it: one without id gets one. */
export type CommandDraft = Omit<CommandMessage, "messageId"> & {
  readonly messageId?: string | undefined;
};

/**
 * Takes a cloud-to-device message for a device, connected or not; a disabled one keeps its messages too. One whose
 * expiry is over is taken, and never delivered.
 *
 * @returns the message's id
 * @throws {ServiceFault} `deviceNotFound`, `messageTooLarge`, `queueFull`
 */
export function sendCommand(hub: IotHub, deviceId: string, draft: CommandDraft): string {
  hub.devices.get(deviceId);
  const { limits, clock, newId } = hub.around;
  const message = { ...draft, messageId: draft.messageId ?? newId() };
  const topicBytes = Buffer.byteLength(commandBag(deviceId, message)) + deviceId.length + 64;
  if (commandBytes(message) > limits.commandMaxBytes || topicBytes > TOPIC_MAX_BYTES)
    throw new ServiceFault(
      "messageTooLarge",
      `A cloud-to-device message has at most ${limits.commandMaxBytes} bytes, properties included.`,
    );
  const nowMs = clock();
  const ownMs = message.expiryTime === undefined ? undefined : Date.parse(message.expiryTime);
  const expiresMs = Math.min(ownMs ?? nowMs + limits.commandTtlMs, nowMs + limits.commandTtlMaxMs);
  hub.commands.enqueue(deviceId, message, expiresMs);
  return message.messageId;
}
