import type { ModelDevice } from "../model/model.ts";
import type { AlertChange } from "./alerts.ts";
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
  #plannedMs: number;
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
    this.#plannedMs = context.spec.telemetry.intervalMs;
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

  /** Messages are due at another interval, unless the twin sets one. */
  retune(intervalMs: number): void {
    this.#plannedMs = intervalMs;
    this.intervalMayHaveChanged();
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

  /** No more messages, at once; those under way stay unacknowledged. */
  cut(): void {
    this.#clock.stop();
    this.#sender.cut();
  }

  /** The device is off: its alerts are too, until it raises them again. */
  clearAlerts(): void {
    this.#tellAlerts(this.#alerts.clear(), this.#context.clock());
  }

  #intervalMs(): number {
    const wantedS = this.#model.intervalS;
    return wantedS === undefined ? this.#plannedMs : wantedS * 1000;
  }

  #step(dueMs: number, intervalMs: number): void {
    const { timeScale: scale } = this.#context;
    const dtS = (intervalMs / 1000) * scale;
    this.#faults.step(dueMs, dtS);
    for (const message of this.#model.step({ dtS, atMs: dueMs, scale })) {
      const outgoing = this.#faults.apply(message);
      if (outgoing === undefined) continue;
      this.#tellAlerts(this.#alerts.observe(outgoing.message), dueMs);
      this.#sender.take(outgoing, dueMs);
    }
    this.#context.onChange();
  }

  #tellAlerts(changes: readonly AlertChange[], t: number): void {
    const { recorder, log } = this.#context;
    for (const { name: alert, state, reading } of changes) {
      if (state === "raised") recorder.count("alerts_raised", 1, { alert });
      log.debug({ alert, state, reading }, "alert");
      const { deviceId } = this.#status;
      recorder.event({ type: "alert", t, deviceId, alert, state, reading });
    }
  }
}
