import type { Surroundings } from "../../surroundings.ts";
import { commandCodec } from "./command-codec.ts";
import type { CommandMessage } from "./command-message.ts";
import { commandBag } from "./command-message.ts";
import type { Gone } from "./command-queue.ts";
import { CommandQueue } from "./command-queue.ts";
import type { Connections } from "../connections.ts";
import type { TellHubEvent } from "../hub-event.ts";

/** Node fires a timer with a longer delay at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

const EVENT_OF = {
  completed: "commandCompleted",
  expired: "commandExpired",
  deliveredTooOften: "commandDeliveredTooOften",
} as const satisfies Readonly<Record<Gone<unknown>["why"], string>>;

/** The cloud-to-device messages of a hub: each waits in its device's queue, and is sent when the device listens. */
export class Commands {
  readonly #around: Surroundings;
  readonly #connections: Connections;
  readonly #tell: TellHubEvent;
  /** The queue of a device is a table of its name below this. */
  readonly #place: string;
  /** Of the devices that ever had a message, as long as they exist: packet ids go on where they were. */
  readonly #queues = new Map<string, CommandQueue<CommandMessage>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    around: Surroundings,
    options: {
      readonly connections: Connections;
      readonly tell: TellHubEvent;
      /** Of the hub. */
      readonly place: string;
    },
  ) {
    const { connections, tell, place } = options;
    this.#around = around;
    this.#connections = connections;
    this.#tell = tell;
    this.#place = `${place}/commands/`;
    for (const table of around.state.tablesBelow(this.#place)) {
      const deviceId = table.slice(this.#place.length);
      this.#queues.set(deviceId, this.#newQueue(deviceId));
    }
  }

  /** Watches what was pending when the emulator was stopped; the connections that had it are gone. */
  resume(): void {
    for (const deviceId of this.#queues.keys()) {
      this.handedBack(deviceId);
      this.deliver(deviceId);
    }
  }

  /** How many messages are pending for a device. */
  depth(deviceId: string): number {
    return this.#queues.get(deviceId)?.depth(this.#around.clock()) ?? 0;
  }

  /** @throws {ServiceFault} `queueFull` */
  enqueue(deviceId: string, message: CommandMessage, expiresMs: number): void {
    const queue = this.#queues.get(deviceId) ?? this.#newQueue(deviceId);
    this.#queues.set(deviceId, queue);
    queue.enqueue(message, expiresMs, this.#around.clock());
    this.deliver(deviceId);
  }

  /** Sends what is visible, if the device listens, and looks again when the next lock or message ends. */
  deliver(deviceId: string): void {
    const queue = this.#queues.get(deviceId);
    if (queue === undefined) return;
    const nowMs = this.#around.clock();
    const connection = this.#connections.find(deviceId);
    const qos = connection?.qosOf(connection.topics.commandFilter);
    if (connection !== undefined && qos !== undefined)
      for (const { message, packetId, deliveryCount } of queue.take(nowMs)) {
        const topic = connection.topics.command(commandBag(deviceId, message));
        const dup = deliveryCount > 1;
        connection.send(topic, message.body, { qos, packetId, dup });
        // Nothing will ever acknowledge it.
        if (qos === 0) queue.acknowledge(packetId, nowMs);
      }
    this.#watch(deviceId, queue, nowMs);
  }

  /** A device's PUBACK completes a message; there is no way to reject or abandon one over MQTT. */
  acknowledged(deviceId: string, packetId: number): void {
    const queue = this.#queues.get(deviceId);
    if (queue?.acknowledge(packetId, this.#around.clock()) === true) this.deliver(deviceId);
  }

  /** The device's connection is gone, with messages that it may not have acknowledged. */
  handedBack(deviceId: string): void {
    if (this.#around.limits.commandRedelivery === "reconnect") this.#queues.get(deviceId)?.unlock();
  }

  /** Forgets all messages of a device. @returns how many they were */
  purge(deviceId: string): number {
    const queue = this.#queues.get(deviceId);
    if (queue === undefined) return 0;
    const nowMs = this.#around.clock();
    const count = queue.purge(nowMs);
    this.#watch(deviceId, queue, nowMs);
    return count;
  }

  /** What is pending goes with the device's identity. */
  forget(deviceId: string): void {
    this.purge(deviceId);
    this.#queues.delete(deviceId);
  }

  /** Ends all timers; safe to call twice. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#queues.clear();
  }

  #newQueue(deviceId: string): CommandQueue<CommandMessage> {
    const { limits, state } = this.#around;
    const counts = limits.commandDeliveryCounts === "everyDelivery";
    const rules = {
      depthMax: limits.commandQueueDepthMax,
      lockMs: limits.commandLockMs,
      deliveryCountMax: counts ? limits.commandDeliveryCountMax : Infinity,
    };
    const kept = state.table(`${this.#place}${deviceId}`, commandCodec);
    return new CommandQueue(rules, kept, ({ message, deliveryCount, why }) =>
      this.#tell({ type: EVENT_OF[why], deviceId, message, deliveryCount }),
    );
  }

  /** @param nowMs when the queue was last looked at: a lock that has ended since then is one that is still to end */
  #watch(deviceId: string, queue: CommandQueue<CommandMessage>, nowMs: number): void {
    clearTimeout(this.#timers.get(deviceId));
    this.#timers.delete(deviceId);
    const nextMs = queue.nextChangeMs(nowMs);
    if (nextMs === undefined) return;
    const timer = setTimeout(() => this.deliver(deviceId), Math.min(nextMs - nowMs, TIMER_MAX_MS));
    timer.unref();
    this.#timers.set(deviceId, timer);
  }
}
