import { DeviceFailure } from "../base/failure.ts";
import { sleep } from "../base/retry.ts";
import type { Message } from "../model/model.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { OutgoingMessage } from "./faults/message-faults.ts";
import type { HubConnection } from "./hub-connection.ts";

/** A message with its number, from the moment at which it was due. */
interface NumberedMessage {
  readonly outgoing: OutgoingMessage;
  readonly seq: number;
  readonly dueMs: number;
}

/** What a sender needs of its device. */
export type SenderContext = Pick<
  DeviceContext,
  "recorder" | "clock" | "now" | "log" | "saveMessages" | "onChange"
>;

/** Whose messages they are, and where they are accounted for. */
export type SenderStatus = Pick<DeviceStatus, "messages" | "boot" | "deviceId">;

/** What messages go out over. */
export type MessageConnection = Pick<HubConnection, "send">;

/**
 * Where the SDK writes the system property `iothub-creation-time-utc`, which it has no member for. Hubs keep it, so that
 * whoever reads the messages knows how long each took.
 */
const CREATION_TIME = "$.ctime";

/**
 * Numbers the messages of one device, sends them and accounts for each. One that goes out while the device is not
 * connected is failed with class `offline`; nothing queues.
 */
export class MessageSender {
  readonly #context: SenderContext;
  readonly #status: SenderStatus;
  readonly #underWay = new Set<Promise<void>>();
  /** Messages that a fault holds back, by the timer that lets them go. */
  readonly #heldBack = new Map<NodeJS.Timeout, NumberedMessage>();
  #connection: MessageConnection | undefined;
  #connectedMs: number | undefined;
  #stopped = false;

  constructor(context: SenderContext, status: SenderStatus) {
    this.#context = context;
    this.#status = status;
  }

  connected(connection: MessageConnection): void {
    this.#connection = connection;
    this.#connectedMs = this.#context.clock();
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** Numbers a message that is due, and sends it or holds it back. */
  take(outgoing: OutgoingMessage, dueMs: number): void {
    const { recorder, clock } = this.#context;
    const { message, lateMs } = outgoing;
    const numbered = { outgoing, seq: this.#status.messages.next(), dueMs };
    recorder.count("telemetry_sent");
    recorder.count("telemetry_bytes", Buffer.byteLength(message.body));
    if (lateMs === 0) {
      this.#track(this.#send(numbered));
      return;
    }
    const timer = setTimeout(
      () => {
        this.#heldBack.delete(timer);
        this.#track(this.#send(numbered));
      },
      Math.max(0, dueMs + lateMs - clock()),
    );
    this.#heldBack.set(timer, numbered);
  }

  /** Waits up to `drainMs` for the acknowledgments of messages under way. */
  async drain(drainMs: number): Promise<void> {
    if (this.#underWay.size === 0) return;
    const drained = new AbortController();
    await Promise.race([
      Promise.all(this.#underWay),
      sleep(drainMs, drained.signal).catch(() => undefined),
    ]);
    drained.abort();
  }

  /** Fails what is held back, waits up to `drainMs` for what is under way; what is left then stays unacknowledged. */
  async stop(drainMs: number): Promise<void> {
    this.#dropHeldBack();
    await this.drain(drainMs);
    this.#stopped = true;
  }

  /** The device is off at once: what is under way stays unacknowledged, and what is held back is failed. */
  cut(): void {
    this.#dropHeldBack();
    this.#stopped = true;
    this.#connection = undefined;
  }

  #track(sending: Promise<void>): void {
    const work = sending.finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #send(numbered: NumberedMessage): Promise<void> {
    const { recorder, clock, log } = this.#context;
    const { outgoing, seq, dueMs } = numbered;
    const { message, copies, fails } = outgoing;
    const properties = {
      ...message.properties,
      [CREATION_TIME]: this.#madeAt(numbered),
      seq: String(seq),
      boot: String(this.#status.boot),
    };
    if (this.#context.saveMessages) this.#save(message, properties, seq);
    try {
      if (fails) throw new DeviceFailure("fault", "failed by the fault sendFailure");
      if (this.#connection === undefined) throw new DeviceFailure("offline", "not connected");
      const acknowledged = this.#connection.send(message, properties);
      for (let copy = 2; copy <= copies; copy += 1) {
        this.#track(sendCopy(this.#connection, message, properties));
      }
      await acknowledged;
      if (this.#stopped) return;
      if (!this.#status.messages.acknowledge(seq)) return;
      const nowMs = clock();
      recorder.count("telemetry_acked");
      recorder.observe("telemetry_ms", nowMs - dueMs, dueMs);
      this.#firstAck(nowMs);
      log.trace({ seq, durationMs: Math.round(nowMs - dueMs) }, "message acknowledged");
    } catch (error) {
      if (this.#stopped) return;
      this.#failed(seq, error);
      return;
    }
    this.#context.onChange();
  }

  #failed(seq: number, error: unknown): void {
    if (!(error instanceof DeviceFailure)) throw error;
    if (!this.#status.messages.fail(seq)) return;
    const { recorder, log, onChange } = this.#context;
    recorder.count("telemetry_failed", 1, { class: error.failureClass });
    log.trace({ seq, errorClass: error.failureClass, err: error }, "message failed");
    onChange();
  }

  /** What a fault still holds back is never sent. */
  #dropHeldBack(): void {
    for (const [timer, { seq }] of this.#heldBack) {
      clearTimeout(timer);
      this.#failed(seq, new DeviceFailure("fault", "held back by the fault late"));
    }
    this.#heldBack.clear();
  }

  /** By the wall clock: a message was made when it was due; a fault may have held it back since. */
  #madeAt({ outgoing, dueMs }: NumberedMessage): string {
    const { now, clock } = this.#context;
    const madeMs = now().getTime() - (clock() - dueMs) + (outgoing.skewMs ?? 0);
    return new Date(madeMs).toISOString();
  }

  #firstAck(nowMs: number): void {
    const sinceMs = this.#connectedMs;
    if (sinceMs === undefined) return;
    this.#context.recorder.observe("connection_first_ack_ms", nowMs - sinceMs, sinceMs);
    this.#connectedMs = undefined;
  }

  #save(message: Message, properties: Readonly<Record<string, string>>, seq: number): void {
    this.#context.recorder.message({
      deviceId: this.#status.deviceId,
      boot: this.#status.boot,
      seq,
      at: this.#context.now().toISOString(),
      properties,
      body: message.body,
    });
  }
}

/** Sends a message once more; what becomes of it is the ledger's affair. */
async function sendCopy(
  connection: MessageConnection,
  message: Message,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await connection.send(message, properties);
  } catch (error) {
    if (!(error instanceof DeviceFailure)) throw error;
  }
}
