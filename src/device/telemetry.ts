import type { Message, ModelDevice } from "../model/model.ts";
import { DeviceAlerts } from "./alerts.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { DeviceFaults } from "./faults/device-faults.ts";
import type { HubConnection } from "./hub-connection.ts";
import { MessageSender } from "./message-sender.ts";
import { TelemetryClock } from "./telemetry-clock.ts";

/**
 * The message stream of one device: steps the model when a message is due, lets faults at what it gives, holds that
 * against the alerts, and sends it.
 */
export class Telemetry {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #model: ModelDevice;
  readonly #faults: Pick<DeviceFaults, "step" | "apply">;
  readonly #sender: MessageSender;
  readonly #clock: TelemetryClock;
  readonly #alerts: DeviceAlerts;
  #knownIntervalMs: number;

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
    this.#sender = new MessageSender(context, status);
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
    this.#sender.connected(connection);
    this.#clock.start();
  }

  disconnected(): void {
    this.#sender.disconnected();
  }

  /** The twin was applied, which may have changed the interval. */
  intervalMayHaveChanged(): void {
    const intervalMs = this.#intervalMs();
    if (intervalMs === this.#knownIntervalMs) return;
    this.#knownIntervalMs = intervalMs;
    this.#clock.reschedule();
  }

  /** Waits up to `drainMs` for the acknowledgments of messages under way. */
  drain(drainMs: number): Promise<void> {
    return this.#sender.drain(drainMs);
  }

  /** No more messages; waits up to `drainMs` for those under way, and what is left then stays unacknowledged. */
  async stop(drainMs: number): Promise<void> {
    this.#clock.stop();
    await this.#sender.stop(drainMs);
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
      if (outgoing === undefined) continue;
      this.#watch(outgoing.message, dueMs);
      this.#sender.take(outgoing, dueMs);
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
}
