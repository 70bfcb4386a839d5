import { deferred } from "../base/deferred.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import { DeviceFailure } from "../base/failure.ts";
import { orAborted } from "../base/or-aborted.ts";
import { sleep } from "../base/retry.ts";
import type { DeviceRow, DeviceState } from "../metrics/device-row.ts";
import type { ModelDevice } from "../model/model.ts";
import type { DeviceContext } from "./device-context.ts";
import { DeviceStatus } from "./device-status.ts";
import { HubConnection } from "./hub-connection.ts";
import type { DeviceIdentity } from "./identity.ts";
import { LifeState } from "./life-state.ts";
import type { Assignment } from "./provisioning.ts";
import { registerUntilAssigned } from "./registering.ts";
import { retryWaitMs } from "./retry-wait.ts";
import { Telemetry } from "./telemetry.ts";
import { TlsSessions } from "./tls-sessions.ts";
import { DeviceTwin } from "./twin.ts";

/** How one connection ended; `connected` tells whether it ever served. */
interface ConnectionEnd {
  readonly connected: boolean;
  readonly failure: DeviceFailure;
}

/**
 * The life of one simulated device: identity, registration, hub connection, message loop, and back to the connection
 * (or to DPS) when it is lost, until it is stopped or fails for good.
 */
export class Device {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #state: LifeState;
  readonly #model: ModelDevice;
  readonly #telemetry: Telemetry;
  readonly #twin: DeviceTwin;
  readonly #sessions: TlsSessions;
  readonly #jitter: () => number;
  #connection: HubConnection | undefined;

  constructor(context: DeviceContext) {
    const { spec, worker, boot, model } = context;
    this.#context = context;
    this.#status = new DeviceStatus(spec, worker, boot);
    this.#state = new LifeState((from, to) => this.#changed(from, to));
    this.#sessions = new TlsSessions(() => context.now().getTime());
    const network = context.random("network");
    this.#jitter = () => network.next();
    this.#model = model.create({
      deviceId: spec.registrationId,
      settings: { ...model.defaults, ...spec.settings },
      random: context.random,
    });
    this.#telemetry = new Telemetry(context, this.#status, this.#model);
    this.#twin = new DeviceTwin(context, this.#status, this.#model, () =>
      this.#telemetry.intervalMayHaveChanged(),
    );
  }

  get row(): DeviceRow {
    return this.#status.row(this.#state.current);
  }

  /** Lives until `signal` aborts (then `stopped`) or the device fails for good (then `failed`). Rejects only on a bug. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await sleep(this.#context.spec.startMs - this.#context.clock(), signal);
      await this.#live(signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      await this.#end();
    }
  }

  async #live(signal: AbortSignal): Promise<never> {
    let dueMs = this.#context.spec.startMs;
    this.#state.to("registering");
    const identity = await this.#context.loadIdentity();
    for (;;) {
      const assignment = await registerUntilAssigned({
        context: this.#context,
        status: this.#status,
        identity,
        dueMs,
        random: this.#jitter,
        signal,
        onRetry: (failure) => this.#tell(failure, false),
      });
      this.#state.to("assigned");
      this.#twin.assigned();
      await this.#serve(identity, assignment, signal);
      dueMs = this.#context.clock();
      this.#state.to("registering");
    }
  }

  /** Keeps the device connected to its hub; returns when it must go back to DPS. */
  async #serve(
    identity: DeviceIdentity,
    assignment: Assignment,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, limits, recorder } = this.#context;
    let dueMs = assignment.assignedMs;
    let awaySinceMs = dueMs;
    let welcomed = false;
    let failures = 0;
    this.#state.to(this.#status.connectionMs === null ? "connecting" : "reconnecting");
    for (;;) {
      const end = await this.#connectOnce(identity, assignment, dueMs, signal);
      const { failure } = end;
      if (end.connected) {
        welcomed = true;
        failures = 0;
        awaySinceMs = clock();
      } else {
        recorder.count("connection_failed", 1, { class: failure.failureClass });
        const unknown =
          failure.failureClass === "unauthorized" || failure.failureClass === "notFound";
        // A hub that took this device before and does not know it any more: DPS says where it belongs now.
        if (welcomed && unknown) return;
        if (!welcomed && !failure.transient) throw failure;
        if (clock() - awaySinceMs > limits.reprovisionAfterMs) return;
        this.#tell(failure, false);
      }
      failures += 1;
      await sleep(retryWaitMs(limits, failure, failures, this.#jitter), signal);
      dueMs = clock();
    }
  }

  /** Opens one connection and serves it to its end. @throws the signal's reason when stopped */
  async #connectOnce(
    { secureContext, tokenKey }: DeviceIdentity,
    { hub, deviceId }: Assignment,
    dueMs: number,
    signal: AbortSignal,
  ): Promise<ConnectionEnd> {
    const { clock, limits, way, slots } = this.#context;
    const end = deferred<DeviceFailure>();
    this.#twin.connecting();
    try {
      const opened = await slots(() =>
        HubConnection.open(
          {
            hub,
            deviceId,
            transport: {
              secureContext,
              way,
              connectTimeoutMs: limits.connectTimeoutMs,
              sessions: this.#sessions,
              clock,
            },
            token: tokenKey && { ...tokenKey, slots, onRenewed: () => this.#renewed(hub) },
            requestTimeoutMs: limits.requestTimeoutMs,
            methods: Object.keys(this.#model.methods),
            onDesired: (patch) => this.#twin.pushed(patch),
            onMethod: (name, payload) => this.#twin.method(name, payload),
            onLost: (failure) => end.resolve(failure),
          },
          signal,
        ),
      );
      this.#connection = opened.connection;
      this.#twin.connected(opened.connection, opened.desired);
      this.#connected(hub, clock() - dueMs, opened.phases);
      this.#telemetry.connected(opened.connection);
    } catch (error) {
      if (error instanceof DeviceFailure && !signal.aborted) {
        return { connected: false, failure: error };
      }
      throw error;
    }
    const failure = await orAborted(end.promise, signal);
    this.#lost(hub, failure);
    return { connected: true, failure };
  }

  #connected(hub: string, ms: number, phases: Readonly<Record<string, number>>): void {
    const { recorder, clock } = this.#context;
    const reconnect = this.#status.connectionMs !== null;
    this.#status.connectionMs ??= ms;
    this.#status.failure = undefined;
    if (reconnect) {
      this.#status.reconnects += 1;
      recorder.count("connection_reconnected");
    }
    recorder.count("connection_opened", 1, { hub });
    recorder.observe("connection_ms", ms, { hub });
    recorder.observe("connection_tls_ms", phases["tls"] ?? 0);
    recorder.observe("connection_connack_ms", phases["connack"] ?? 0);
    recorder.observe("connection_twin_ms", phases["twin"] ?? 0);
    const { deviceId } = this.#status;
    recorder.event({ type: "connection", t: clock(), deviceId, hub, reconnect, ms, phases });
    const { log } = this.#context;
    log.debug({ hub, reconnect, durationMs: Math.round(ms) }, "hub connection opened");
    this.#state.to("streaming");
  }

  #renewed(hub: string): void {
    const { recorder, log } = this.#context;
    recorder.count("connection_renewed");
    log.debug({ hub }, "token renewed by a new connection");
    this.#twin.renewed();
  }

  #lost(hub: string, failure: DeviceFailure): void {
    this.#connection = undefined;
    this.#telemetry.disconnected();
    this.#twin.disconnected();
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
    this.#state.to("reconnecting");
  }

  #fail(error: unknown): void {
    // An identity that cannot be used ends its device, not the fleet; whatever else comes here is a bug.
    if (!(error instanceof DeviceFailure) && !(error instanceof FleetError)) throw error;
    const failure =
      error instanceof DeviceFailure
        ? error
        : new DeviceFailure("tls", messageOf(error), { code: error.code, cause: error });
    this.#tell(failure, true);
    this.#state.to("failed");
  }

  #tell(failure: DeviceFailure, final: boolean): void {
    const { recorder, clock, spec, log } = this.#context;
    this.#status.failure = failure;
    const { failureClass: errorClass, message, code, trackingId } = failure;
    const deviceId = spec.registrationId;
    recorder.event({
      type: "error",
      t: clock(),
      deviceId,
      errorClass,
      error: message,
      code,
      trackingId,
      final,
    });
    const { attempts: attempt } = this.#status;
    log.debug(
      { errorClass, attempt, code, trackingId, err: failure },
      final ? "device gave up" : "attempt failed",
    );
    this.#context.onChange();
  }

  #changed(from: DeviceState, to: DeviceState): void {
    const { recorder, clock, spec } = this.#context;
    recorder.event({ type: "state", t: clock(), deviceId: spec.registrationId, from, to });
    this.#context.onChange();
  }

  async #end(): Promise<void> {
    await this.#telemetry.stop(this.#context.limits.drainMs);
    await this.#connection?.close();
    this.#connection = undefined;
    if (!this.#state.isFinal) this.#state.to("stopped");
    this.#context.onChange();
  }
}
