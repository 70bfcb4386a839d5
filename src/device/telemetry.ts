import { DeviceFailure } from "../base/failure.ts";
import { sleep } from "../base/retry.ts";
import type { Message, ModelDevice } from "../model/model.ts";
import { DeviceAlerts } from "./alerts.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { DeviceFaults } from "./faults/device-faults.ts";
import type { OutgoingMessage } from "./faults/message-faults.ts";
import type { HubConnection } from "./hub-connection.ts";
import { TelemetryClock } from "./telemetry-clock.ts";

/** A message with its number, from the moment at which it was due. */
interface NumberedMessage {
  readonly outgoing: OutgoingMessage;
  readonly seq: number;
  readonly dueMs: number;
}

/** Where the SDK writes the system property `iothub-creation-time-utc`, which it has no member for. */
const CREATION_TIME = "$.ctime";

/**
 * The message stream of one device: steps the model when a message is due, numbers and sends what it gives.
 * A message due while the device is not connected is failed with class `offline`; nothing queues.
 */
export class Telemetry {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #model: ModelDevice;
  readonly #faults: Pick<DeviceFaults, "step" | "apply">;
  /** Messages that a fault holds back, by the timer that lets them go. */
  readonly #heldBack = new Map<NodeJS.Timeout, NumberedMessage>();
  readonly #clock: TelemetryClock;
  readonly #alerts: DeviceAlerts;
  readonly #underWay = new Set<Promise<void>>();
  #connection: HubConnection | undefined;
  #connectedMs: number | undefined;
  #seq = 0;
  #knownIntervalMs: number;
  #stopped = false;

  constructor(
    context: DeviceContext,
    status: DeviceStatus,
    model: ModelDevice,
    faults: Pick<DeviceFaults, "step" | "apply">,
  ) {
    this.#context = context;
    this.#status = status;
    this.#model = model;
    this.#faults = faults;
    this.#alerts = new DeviceAlerts(context.alerts);
    this.#knownIntervalMs = this.#intervalMs();
    const schedule = context.random("schedule");
    this.#clock = new TelemetryClock({
      intervalMs: () => this.#intervalMs(),
      jitter: context.spec.telemetry.jitter,
      random: () => schedule.next(),
      clock: context.clock,
      onDue: (dueMs, intervalMs) => this.#step(dueMs, intervalMs),
    });
  }

  /** The device is connected: its first message goes out at once, later connections only carry on. */
  connected(connection: HubConnection): void {
    this.#connection = connection;
    this.#connectedMs = this.#context.clock();
    this.#clock.start();
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** The twin was applied, which may have changed the interval. */
  intervalMayHaveChanged(): void {
    const intervalMs = this.#intervalMs();
    if (intervalMs === this.#knownIntervalMs) return;
    this.#knownIntervalMs = intervalMs;
    this.#clock.reschedule();
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

  /** No more messages; waits up to `drainMs` for those under way, and what is left then stays unacknowledged. */
  async stop(drainMs: number): Promise<void> {
    this.#clock.stop();
    this.#dropHeldBack();
    await this.drain(drainMs);
    this.#stopped = true;
  }

  #intervalMs(): number {
    const wantedS = this.#model.intervalS;
    return wantedS === undefined ? this.#context.spec.telemetry.intervalMs : wantedS * 1000;
  }

  #step(dueMs: number, intervalMs: number): void {
    const { timeScale: scale } = this.#context;
    const dtS = (intervalMs / 1000) * scale;
    this.#faults.step(dueMs, dtS);
    for (const message of this.#model.step({ dtS, atMs: dueMs, scale })) {
      const outgoing = this.#faults.apply(message);
      if (outgoing !== undefined) this.#take(outgoing, dueMs);
    }
    this.#context.onChange();
  }

  /** Numbers a message that is due, and sends it or holds it back. */
  #take(outgoing: OutgoingMessage, dueMs: number): void {
    const { recorder, clock } = this.#context;
    const { message, lateMs } = outgoing;
    this.#seq += 1;
    const numbered = { outgoing, seq: this.#seq, dueMs };
    this.#status.sent += 1;
    recorder.count("telemetry_sent");
    recorder.count("telemetry_bytes", Buffer.byteLength(message.body));
    this.#watch(message, dueMs);
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

  #track(sending: Promise<void>): void {
    const work = sending.finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #send({ outgoing, seq, dueMs }: NumberedMessage): Promise<void> {
    const { recorder, clock, log } = this.#context;
    const { message, copies, fails } = outgoing;
    const properties = this.#propertiesOf(outgoing, seq);
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
      const nowMs = clock();
      this.#status.acknowledged(seq);
      recorder.count("telemetry_acked");
      recorder.observe("telemetry_ms", nowMs - dueMs);
      this.#firstAck(nowMs);
      log.trace({ seq, durationMs: Math.round(nowMs - dueMs) }, "message acknowledged");
    } catch (error) {
      if (this.#stopped) return;
      this.#failed(seq, error);
    }
    this.#context.onChange();
  }

  #failed(seq: number, error: unknown): void {
    if (!(error instanceof DeviceFailure)) throw error;
    const { recorder, log } = this.#context;
    this.#status.failed += 1;
    recorder.count("telemetry_failed", 1, { class: error.failureClass });
    log.trace({ seq, errorClass: error.failureClass, err: error }, "message failed");
  }

  /** What a fault still holds back is never sent. */
  #dropHeldBack(): void {
    for (const [timer, { seq }] of this.#heldBack) {
      clearTimeout(timer);
      this.#failed(seq, new DeviceFailure("fault", "held back by the fault late"));
    }
    this.#heldBack.clear();
  }

  #propertiesOf({ message, skewMs }: OutgoingMessage, seq: number): Record<string, string> {
    return {
      ...message.properties,
      ...(skewMs === undefined
        ? {}
        : {
            [CREATION_TIME]: new Date(this.#context.now().getTime() + skewMs).toISOString(),
          }),
      seq: String(seq),
      boot: String(this.#status.boot),
    };
  }

  /** Holds what is sent against the scenario's alerts. */
  #watch(message: Message, dueMs: number): void {
    const { recorder, log } = this.#context;
    for (const { name: alert, state, reading } of this.#alerts.observe(message)) {
      if (state === "raised") recorder.count("alerts_raised", 1, { alert });
      log.debug({ alert, state, reading }, "alert");
      const { deviceId } = this.#status;
      recorder.event({ type: "alert", t: dueMs, deviceId, alert, state, reading });
    }
  }

  #firstAck(nowMs: number): void {
    if (this.#connectedMs === undefined) return;
    this.#context.recorder.observe("connection_first_ack_ms", nowMs - this.#connectedMs);
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
  connection: HubConnection,
  message: Message,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await connection.send(message, properties);
  } catch (error) {
    if (!(error instanceof DeviceFailure)) throw error;
  }
}
