import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import { isExpected } from "./expected-refusal.ts";
import type { HeardMessage } from "./hub-connection-options.ts";
import type { DeviceIdentity } from "./identity.ts";

/** What is told of one device's connections: its row, metrics, events and log. */
export class DeviceAccount {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  /** The proof that the newest connection was made with. */
  #shown: string | undefined;
  /** The last connection was not lost, but left for a better one. */
  #left = false;

  constructor(context: DeviceContext, status: DeviceStatus) {
    this.#context = context;
    this.#status = status;
  }

  /** A hub connection is up. @param dueMs when it was due, ms after time 0 @param phases durations in ms */
  connected(hub: string, dueMs: number, phases: Readonly<Record<string, number>>): void {
    const { recorder, clock, log } = this.#context;
    const ms = clock() - dueMs;
    const reconnect = this.#status.connectionMs !== null;
    this.#status.connectionMs ??= ms;
    this.#status.failure = undefined;
    if (this.#left) {
      this.#left = false;
      recorder.count("connection_renewed");
    } else if (reconnect) {
      this.#status.reconnects += 1;
      recorder.count("connection_reconnected");
    }
    recorder.count("connection_opened");
    recorder.observe("connection_ms", ms, dueMs);
    recorder.observe("connection_tls_ms", phases["tls"] ?? 0, dueMs);
    recorder.observe("connection_connack_ms", phases["connack"] ?? 0, dueMs);
    recorder.observe("connection_twin_ms", phases["twin"] ?? 0, dueMs);
    const { deviceId } = this.#status;
    recorder.event({ type: "connection", t: clock(), deviceId, hub, reconnect, ms, phases });
    log.debug({ hub, reconnect, durationMs: Math.round(ms) }, "hub connection opened");
  }

  /** The connection that is up was made with this identity; one that was taken up meanwhile is told, once. */
  shows({ proof, certificate }: DeviceIdentity, isRolled: boolean): void {
    const isNew = isRolled && this.#shown !== proof;
    this.#shown = proof;
    if (!isNew) return;
    const { recorder, clock, spec } = this.#context;
    recorder.count("certificate_rolled");
    const deviceId = spec.registrationId;
    recorder.event({ type: "certificate", t: clock(), deviceId, state: "inUse", ...certificate });
  }

  /** The connection was made anew for the same session, with another token. */
  renewed(hub: string): void {
    const { recorder, log } = this.#context;
    recorder.count("connection_renewed");
    log.debug({ hub }, "token renewed by a new connection");
  }

  /** Takes cloud-to-device messages; undefined = the device listens to none. */
  get onCloudMessage(): ((message: HeardMessage) => void) | undefined {
    return this.#context.hearsMessages ? (message) => this.#heard(message) : undefined;
  }

  #heard({ messageId, bytes }: HeardMessage): void {
    const { recorder, clock, log } = this.#context;
    recorder.count("cloud_messages_received");
    const { deviceId } = this.#status;
    const id = messageId === undefined ? {} : { messageId };
    recorder.event({ type: "cloudMessage", t: clock(), deviceId, ...id, bytes });
    log.trace({ messageId, bytes }, "cloud-to-device message");
  }

  /** The device left its connection for a better one. */
  left(): void {
    this.#left = true;
  }

  /** The connection ended unasked. */
  lost(hub: string, failure: DeviceFailure): void {
    this.#status.failure = failure;
    const { recorder, clock, log } = this.#context;
    log.debug({ hub, errorClass: failure.failureClass, err: failure }, "hub connection lost");
    recorder.count("connection_lost");
    recorder.event({
      type: "disconnection",
      t: clock(),
      deviceId: this.#status.deviceId,
      hub,
      errorClass: failure.failureClass,
      error: failure.message,
    });
  }

  /** An attempt failed. @param final the device gives up */
  failed(failure: DeviceFailure, final: boolean): void {
    const { recorder, clock, spec, log, onChange } = this.#context;
    this.#status.failure = failure;
    const { failureClass: errorClass, message, code, trackingId } = failure;
    const deviceId = spec.registrationId;
    const { registrationMs, connectionMs } = this.#status;
    const wasAdmitted = registrationMs !== null || connectionMs !== null;
    const expected = final && !wasAdmitted && isExpected(this.#context, failure);
    recorder.event({
      type: "error",
      t: clock(),
      deviceId,
      errorClass,
      error: message,
      code,
      trackingId,
      final,
      ...(expected && { expected }),
    });
    const { attempts: attempt } = this.#status;
    log.debug(
      { errorClass, attempt, code, trackingId, err: failure },
      expected ? "refused as expected" : final ? "device gave up" : "attempt failed",
    );
    onChange();
  }
}
