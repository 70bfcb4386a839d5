import { ServiceFault } from "../../fault.ts";
import type { Table } from "../../state/state.ts";

/** Source: Microsoft Learn, "Send cloud-to-device messages from an IoT hub", life cycle and configuration options. */
export interface CommandQueueRules {
  /** Messages that may wait for one device. */
  readonly depthMax: number;
  /** How long a message that was sent is held back before it is sent again, in ms. */
  readonly lockMs: number;
  /** How often a message is sent at most; Infinity where only a device's abandoning would count, which MQTT has not. */
  readonly deliveryCountMax: number;
}

/** A message that is to be sent now. */
export interface Delivery<M> {
  readonly message: M;
  /** 1 to 65,535, the same at each delivery of a message, and of no other that is pending. */
  readonly packetId: number;
  /** 1 at the first. */
  readonly deliveryCount: number;
}

/** A message that is enqueued or invisible. */
export interface PendingCommand<M> extends Delivery<M> {
  readonly expiresMs: number;
  /** Until then the message is invisible: sent, and not acknowledged; 0 = it waits to be sent. */
  readonly lockedUntilMs: number;
}

/** A message that is pending no more. */
export interface Gone<M> {
  readonly message: M;
  /** How often it was sent. */
  readonly deliveryCount: number;
  readonly why: "completed" | "expired" | "deliveredTooOften";
}

/**
 * The cloud-to-device messages that are pending for one device, in the order in which they were sent. A message is
 * _enqueued_; while it is with the device it is _invisible_, under a lock; it goes when it is acknowledged, when it
 * expires, when it was delivered too often, or with a purge. Time comes with each call, and must not go back.
 */
export class CommandQueue<M> {
  readonly #rules: CommandQueueRules;
  /** By packet id. */
  readonly #pending: Table<PendingCommand<M>>;
  readonly #onGone: (gone: Gone<M>) => void;
  #lastPacketId = 0;

  /**
   * @param pending what is pending already, and where it is kept
   * @param onGone called for each message that goes but by a purge, whenever that is noticed; must not use the queue
   */
  constructor(
    rules: CommandQueueRules,
    pending: Table<PendingCommand<M>> = new Map(),
    onGone: (gone: Gone<M>) => void = () => {},
  ) {
    this.#rules = rules;
    this.#pending = pending;
    this.#onGone = onGone;
    for (const { packetId } of pending.values()) this.#lastPacketId = packetId;
  }

  /** The messages that are enqueued or invisible. */
  depth(nowMs: number): number {
    this.#dropDead(nowMs);
    return this.#pending.size;
  }

  /** @throws {ServiceFault} `queueFull` */
  enqueue(message: M, expiresMs: number, nowMs: number): void {
    const { depthMax } = this.#rules;
    if (this.depth(nowMs) >= depthMax)
      throw new ServiceFault(
        "queueFull",
        `Total number of messages on the queue is more than the allowed limit of ${depthMax}.`,
      );
    const packetId = this.#newPacketId();
    this.#write({ message, packetId, expiresMs, deliveryCount: 0, lockedUntilMs: 0 });
  }

  /** Locks what is visible, and gives it to be sent, oldest first. */
  take(nowMs: number): readonly Delivery<M>[] {
    this.#dropDead(nowMs);
    return [...this.#pending.values()]
      .filter((pending) => pending.lockedUntilMs <= nowMs)
      .map((pending) => {
        const { message, packetId } = pending;
        const deliveryCount = pending.deliveryCount + 1;
        this.#write({ ...pending, lockedUntilMs: nowMs + this.#rules.lockMs, deliveryCount });
        return { message, packetId, deliveryCount };
      });
  }

  /** Completes a message. @returns false where none is under a lock by that id: its lock is lost */
  acknowledge(packetId: number, nowMs: number): boolean {
    this.#dropDead(nowMs);
    const pending = this.#pending.get(String(packetId));
    if (pending === undefined || pending.lockedUntilMs <= nowMs) return false;
    this.#drop(pending, "completed");
    return true;
  }

  /** Makes all that was sent and not acknowledged visible again. */
  unlock(): void {
    for (const pending of this.#pending.values())
      if (pending.lockedUntilMs > 0) this.#write({ ...pending, lockedUntilMs: 0 });
  }

  /** Forgets all messages, those under a lock too. @returns how many they were */
  purge(nowMs: number): number {
    const count = this.depth(nowMs);
    this.#pending.clear();
    return count;
  }

  /** When the next lock or message ends; undefined where there is none. */
  nextChangeMs(nowMs: number): number | undefined {
    this.#dropDead(nowMs);
    const changes = [...this.#pending.values()].map(({ lockedUntilMs, expiresMs }) =>
      lockedUntilMs > nowMs ? Math.min(lockedUntilMs, expiresMs) : expiresMs,
    );
    return changes.length === 0 ? undefined : Math.min(...changes);
  }

  #dropDead(nowMs: number): void {
    const { deliveryCountMax } = this.#rules;
    for (const pending of this.#pending.values()) {
      const { expiresMs, deliveryCount, lockedUntilMs } = pending;
      const mayBeSent = deliveryCount < deliveryCountMax || lockedUntilMs > nowMs;
      if (expiresMs <= nowMs) this.#drop(pending, "expired");
      else if (!mayBeSent) this.#drop(pending, "deliveredTooOften");
    }
  }

  #drop({ message, packetId, deliveryCount }: PendingCommand<M>, why: Gone<M>["why"]): void {
    this.#pending.delete(String(packetId));
    this.#onGone({ message, deliveryCount, why });
  }

  #write(pending: PendingCommand<M>): void {
    this.#pending.set(String(pending.packetId), pending);
  }

  #newPacketId(): number {
    do this.#lastPacketId = (this.#lastPacketId % 65_535) + 1;
    while (this.#pending.has(String(this.#lastPacketId)));
    return this.#lastPacketId;
  }
}
