import { DeviceFailure } from "../base/failure.ts";
import { sleep } from "../base/retry.ts";
import type { Message, ModelDevice } from "../model/model.ts";
import { DeviceAlerts } from "./alerts.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { HubConnection } from "./hub-connection.ts";
import { TelemetryClock } from "./telemetry-clock.ts";

/**
 * The message stream of one device: steps the model when a message is due, numbers and sends what it gives.
 * A message due while the device is not connected is failed with class `offline`; nothing queues.
 */
export class Telemetry {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #model: ModelDevice;
  readonly #clock: TelemetryClock;
  readonly #alerts: DeviceAlerts;
  readonly #underWay = new Set<Promise<void>>();
  #connection: HubConnection | undefined;
  #connectedMs: number | undefined;
  #seq = 0;
  #knownIntervalMs: number;
  #stopped = false;

  constructor(context: DeviceContext, status: DeviceStatus, model: ModelDevice) {
    this.#context = context;
    this.#status = status;
    this.#model = model;
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
    for (const message of this.#model.step({ dtS, atMs: dueMs, scale })) {
      const work = this.#send(message, dueMs).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    }
    this.#context.onChange();
  }

  async #send(message: Message, dueMs: number): Promise<void> {
    const { recorder, clock, log } = this.#context;
    this.#seq += 1;
    const seq = this.#seq;
    const properties = {
      ...message.properties,
      seq: String(seq),
      boot: String(this.#status.boot),
    };
    this.#status.sent += 1;
    recorder.count("telemetry_sent");
    recorder.count("telemetry_bytes", Buffer.byteLength(message.body));
    this.#watch(message, dueMs);
    if (this.#context.saveMessages) this.#save(message, properties, seq);
    try {
      if (this.#connection === undefined) throw new DeviceFailure("offline", "not connected");
      await this.#connection.send(message, properties);
      if (this.#stopped) return;
      const nowMs = clock();
      this.#status.acknowledged(seq);
      recorder.count("telemetry_acked");
      recorder.observe("telemetry_ms", nowMs - dueMs);
      this.#firstAck(nowMs);
      log.trace({ seq, durationMs: Math.round(nowMs - dueMs) }, "message acknowledged");
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof DeviceFailure)) throw error;
      this.#status.failed += 1;
      recorder.count("telemetry_failed", 1, { class: error.failureClass });
      log.trace({ seq, errorClass: error.failureClass, err: error }, "message failed");
    }
    this.#context.onChange();
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
