import { deferred } from "../base/deferred.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import { DeviceFailure } from "../base/failure.ts";
import { orAborted } from "../base/or-aborted.ts";
import { sleep } from "../base/retry.ts";
import type { DeviceRow, DeviceState } from "../metrics/device-row.ts";
import type { JsonObject, ModelDevice, ModelEvent } from "../model/model.ts";
import type { KeptAssignment } from "../plan/plan.ts";
import { assignHub } from "./assigning.ts";
import { DeviceAccount } from "./device-account.ts";
import type { DeviceContext } from "./device-context.ts";
import { DeviceStatus } from "./device-status.ts";
import { isExpected } from "./expected-refusal.ts";
import { DeviceFaults } from "./faults/device-faults.ts";
import { GuardedDevice } from "./guarded-device.ts";
import { HubConnection } from "./hub-connection.ts";
import { HubPatience } from "./hub-patience.ts";
import { LifeState } from "./life-state.ts";
import type { Passport } from "./passport.ts";
import { PassportOffice } from "./passport-office.ts";
import { Telemetry } from "./telemetry.ts";
import { DeviceTwin } from "./twin.ts";

/** How one connection ended; `connected` tells whether it ever served. No failure: it was left for the next passport. */
interface ConnectionEnd {
  readonly connected: boolean;
  readonly failure?: DeviceFailure;
}

/**
 * The life of one simulated device: identity, registration, hub connection, message loop, and back to the connection
 * (or to DPS) when it is lost, until it is stopped or fails for good.
 */
export class Device {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #account: DeviceAccount;
  readonly #state: LifeState;
  readonly #model: ModelDevice;
  readonly #telemetry: Telemetry;
  readonly #twin: DeviceTwin;
  readonly #passports: PassportOffice;
  readonly #faults: DeviceFaults;
  readonly #patience: HubPatience;
  readonly #jitter: () => number;
  readonly #due = deferred<number>();
  /** Aborted, with the failure as its reason, when the model broke. */
  readonly #broken = new AbortController();
  #connection: HubConnection | undefined;

  constructor(context: DeviceContext) {
    const { spec, model } = context;
    this.#context = context;
    if (spec.startMs !== null) this.#due.resolve(spec.startMs);
    this.#status = new DeviceStatus(context);
    this.#account = new DeviceAccount(context, this.#status);
    this.#state = new LifeState((from, to) => this.#changed(from, to));
    this.#passports = new PassportOffice(context, (identity, dueMs, signal) =>
      assignHub({
        context,
        status: this.#status,
        identity,
        modelId: this.#model.modelId,
        dueMs,
        random: this.#jitter,
        signal,
        onRetry: (failure) => this.#account.failed(failure, false),
      }),
    );
    const network = context.random("network");
    this.#jitter = () => network.next();
    this.#patience = new HubPatience({
      limits: context.limits,
      asksDps: spec.hub === undefined,
      random: this.#jitter,
    });
    const early: JsonObject[] = [];
    let report = (patch: JsonObject): void => void early.push(patch);
    this.#model = new GuardedDevice(
      model,
      {
        deviceId: spec.registrationId,
        settings: { ...model.defaults, ...spec.settings },
        random: context.random,
        file: context.files,
        report: (patch) => report(patch),
        tell: (event) => this.#told(event),
      },
      { onBroken: (failure) => this.#broken.abort(failure), time: context.modelTime },
    );
    this.#faults = new DeviceFaults({
      context,
      model: this.#model,
      cut: () => this.#connection?.cut(new DeviceFailure("fault", "cut by the fault disconnect")),
    });
    this.#telemetry = new Telemetry(context, this.#status, this.#model, this.#faults);
    this.#twin = new DeviceTwin(context, this.#status, this.#model, () =>
      this.#telemetry.intervalMayHaveChanged(),
    );
    report = (patch) => this.#twin.reports(patch);
    for (const patch of early) report(patch);
  }

  get row(): DeviceRow {
    return this.#status.row(this.#state.current);
  }

  /** Where it belongs as far as it knows, for a next life that need not ask DPS again; undefined = it was never told. */
  get assignment(): KeptAssignment | undefined {
    const { hub, deviceId } = this.#status;
    return hub === "" ? undefined : { hub, deviceId };
  }

  /** The device is due at that moment, ms after time 0; a device that has got one before keeps it. */
  due(atMs: number): void {
    this.#due.resolve(atMs);
  }

  /** Lives until `signal` aborts (then `stopped`) or the device fails for good (then `failed`). Rejects only on a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const broken = this.#broken.signal;
    const over = AbortSignal.any([signal, broken]);
    try {
      this.#faults.start(over);
      const dueMs = await orAborted(this.#due.promise, over);
      await sleep(dueMs - this.#context.clock(), over);
      await this.#live(dueMs, over);
    } catch (error) {
      if (!signal.aborted) this.#fail(broken.aborted ? broken.reason : error);
    } finally {
      await this.#end();
    }
  }

  /** The files of the identity may have changed: the device rolls to what they hold. Rejects only on a bug. */
  identityChanged(): Promise<void> {
    return this.#passports.filesChanged();
  }

  async #live(firstDueMs: number, signal: AbortSignal): Promise<never> {
    const { spec, clock } = this.#context;
    let dueMs = firstDueMs;
    let kept = spec.assignment;
    if (spec.hub === undefined && kept === undefined) this.#state.to("registering");
    await this.#passports.open();
    for (;;) {
      const passport = await this.#passports.issue(dueMs, signal, kept);
      const { hub, deviceId } = passport.assignment;
      this.#status.hub = hub;
      this.#status.deviceId = deviceId;
      this.#state.to("assigned");
      this.#twin.assigned();
      const pauseMs = this.#patience.assigned(hub, kept !== undefined, clock());
      await this.#serve(passport, pauseMs, signal);
      kept = undefined;
      dueMs = clock();
      this.#state.to("registering");
    }
  }

  /** Keeps the device connected to its hub; returns when it must go back to DPS, if that is where it came from. */
  async #serve(first: Passport, firstPauseMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    let passport = first;
    let dueMs = first.assignment.assignedMs;
    this.#state.to(this.#status.connectionMs === null ? "connecting" : "reconnecting");
    if (firstPauseMs > 0) {
      await this.#pause(firstPauseMs, signal);
      passport = this.#newest(passport);
      dueMs = clock();
    }
    for (;;) {
      if (await this.#faults.mayConnect(signal)) dueMs = clock();
      const { connected, failure } = await this.#connectOnce(passport, dueMs, signal);
      if (connected) {
        this.#patience.served(clock());
      } else if (await orAborted(this.#passports.attemptEnded(), signal)) {
        // Its hub knows the other certificate already: no failure that anybody could mend.
      } else if (failure !== undefined) {
        const next = this.#patience.failed(failure, clock());
        this.#countRefusal(failure, next === "giveUp");
        if (next === "giveUp") throw failure;
        if (next === "askDps") return;
        this.#account.failed(failure, false);
      }
      if (failure !== undefined) await this.#pause(this.#patience.waitAfter(failure), signal);
      passport = this.#newest(passport);
      dueMs = clock();
    }
  }

  /** An attempt at a hub failed. @param final the device gives up */
  #countRefusal(failure: DeviceFailure, final: boolean): void {
    const { recorder, spec } = this.#context;
    const isAwaited = final && spec.hub !== undefined && isExpected(this.#context, failure);
    const name = isAwaited ? "refusals_expected" : "connection_failed";
    recorder.count(name, 1, { class: failure.failureClass });
  }

  /** Waits before the next attempt; another passport ends it. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const next = deferred<void>();
    this.#passports.onNext(() => next.resolve());
    await Promise.race([sleep(ms, signal), next.promise]);
  }

  /** The next passport if there is one, else the same. */
  #newest(passport: Passport): Passport {
    const next = this.#passports.takeNext();
    if (next === undefined) return passport;
    const { hub, deviceId } = passport.assignment;
    const moved = next.assignment.hub !== hub || next.assignment.deviceId !== deviceId;
    if (moved) this.#twin.assigned();
    return next;
  }

  /** Opens one connection and serves it to its end, or to the next passport. @throws the signal's reason when stopped */
  async #connectOnce(
    { identity, assignment: { hub, deviceId }, sessions, isRolled }: Passport,
    dueMs: number,
    signal: AbortSignal,
  ): Promise<ConnectionEnd> {
    const { clock, limits, recorder, way, slots } = this.#context;
    const { secureContext, tokenKey } = identity;
    recorder.goesTo(hub);
    const end = deferred<DeviceFailure | undefined>();
    this.#twin.connecting();
    let opened: Awaited<ReturnType<typeof HubConnection.open>>;
    try {
      opened = await slots(() =>
        HubConnection.open(
          {
            hub,
            deviceId,
            transport: {
              secureContext,
              way,
              connectTimeoutMs: limits.connectTimeoutMs,
              sessions,
              clock,
            },
            token: tokenKey && { ...tokenKey, slots, onRenewed: () => this.#renewed(hub) },
            modelId: this.#model.modelId,
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
      this.#account.connected(hub, dueMs, opened.phases);
      this.#account.shows(identity, isRolled);
      this.#state.to("streaming");
      this.#telemetry.connected(opened.connection);
      this.#faults.connected();
    } catch (error) {
      if (error instanceof DeviceFailure && !signal.aborted) {
        return { connected: false, failure: error };
      }
      throw error;
    }
    this.#passports.onNext(() => end.resolve(undefined));
    const failure = await orAborted(end.promise, signal);
    // A hub may cut the connection as soon as DPS tells it another thumbprint; that is no loss.
    const hasNext = await orAborted(this.#passports.attemptEnded(), signal);
    if (failure === undefined || hasNext) {
      const { drainMs } = limits;
      await this.#leave(opened.connection, failure === undefined ? drainMs : 0);
      return { connected: true };
    }
    this.#lost(hub, failure);
    return { connected: true, failure };
  }

  /** Leaves a connection for a better one, in good order: what was sent on it is acknowledged first, within `drainMs`. */
  async #leave(connection: HubConnection, drainMs: number): Promise<void> {
    this.#telemetry.disconnected();
    this.#twin.disconnected();
    await this.#telemetry.drain(drainMs);
    await connection.close();
    this.#connection = undefined;
    this.#account.left();
    this.#state.to("reconnecting");
  }

  #renewed(hub: string): void {
    this.#account.renewed(hub);
    this.#twin.renewed();
  }

  #lost(hub: string, failure: DeviceFailure): void {
    this.#connection = undefined;
    this.#telemetry.disconnected();
    this.#twin.disconnected();
    this.#account.lost(hub, failure);
    this.#state.to("reconnecting");
  }

  #fail(error: unknown): void {
    // An identity that cannot be used ends its device, not the fleet; whatever else comes here is a bug.
    if (!(error instanceof DeviceFailure) && !(error instanceof FleetError)) throw error;
    const failure =
      error instanceof DeviceFailure
        ? error
        : new DeviceFailure("tls", messageOf(error), { code: error.code, cause: error });
    this.#account.failed(failure, true);
    this.#state.to("failed");
  }

  #told({ name, text, level = "info", data }: ModelEvent): void {
    const { recorder, clock, log, spec } = this.#context;
    log.debug({ event: name, ...data }, text);
    const deviceId = spec.registrationId;
    recorder.event({ type: "model", t: clock(), deviceId, name, level, text, data });
  }

  #changed(from: DeviceState, to: DeviceState): void {
    const { recorder, clock, spec } = this.#context;
    recorder.event({ type: "state", t: clock(), deviceId: spec.registrationId, from, to });
    this.#context.onChange();
  }

  async #end(): Promise<void> {
    await this.#passports.close();
    await this.#telemetry.stop(this.#context.limits.drainMs);
    await this.#connection?.close();
    this.#connection = undefined;
    if (!this.#state.isFinal) this.#state.to("stopped");
    this.#context.onChange();
  }
}
