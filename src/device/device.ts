import { deferred } from "../base/deferred.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import { DeviceFailure } from "../base/failure.ts";
import { orAborted } from "../base/or-aborted.ts";
import { sleep } from "../base/retry.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { StopKind } from "../base/stop-kind.ts";
import type { JsonObject, ModelDevice } from "../model/model.ts";
import { assignHub } from "./assigning.ts";
import { bootModel } from "./boot-model.ts";
import type { ConnectionEnd } from "./connection-end.ts";
import { DeviceAccount } from "./device-account.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import { isExpected } from "./expected-refusal.ts";
import { DeviceFaults } from "./faults/device-faults.ts";
import type { HubConnection } from "./hub-connection.ts";
import { HubPatience } from "./hub-patience.ts";
import type { OpenedHub } from "./open-hub.ts";
import { openHub } from "./open-hub.ts";
import type { Passport } from "./passport.ts";
import { PassportOffice } from "./passport-office.ts";
import { Telemetry } from "./telemetry.ts";
import { DeviceTwin } from "./twin.ts";

/**
 * One boot of a simulated device: identity, registration, hub connection, message loop, and back to the connection
 * (or to DPS) when it is lost, until it is stopped or fails for good. What outlives it is in `status`; all else is as
 * RAM is, its model's state and TLS sessions too.
 */
export class Device {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #account: DeviceAccount;
  readonly #model: ModelDevice;
  readonly #telemetry: Telemetry;
  readonly #twin: DeviceTwin;
  readonly #passports: PassportOffice;
  readonly #faults: DeviceFaults;
  readonly #patience: HubPatience;
  readonly #jitter: () => number;
  /** Aborted when the device is stopped or, with the failure as its reason, when the model broke. */
  readonly #over = new AbortController();
  #isStopped = false;
  #hasFailed = false;
  /** undefined = nobody stops it while the run goes on. */
  #how: StopKind | undefined;
  #connection: HubConnection | undefined;

  /** @param status of all boots of this device */
  constructor(context: DeviceContext, status: DeviceStatus) {
    this.#context = context;
    this.#status = status;
    this.#account = new DeviceAccount(context, status);
    this.#passports = new PassportOffice(context, (identity, dueMs, signal) =>
      assignHub({
        context,
        status: this.#status,
        identity,
        modelId: this.#model.modelId,
        dueMs,
        random: this.#jitter,
        skewMs: () => this.#faults.clockSkewMs,
        signal,
        onRetry: (failure) => this.#account.failed(failure, false),
      }),
    );
    const network = context.random("network");
    this.#jitter = () => network.next();
    const asksDps = context.spec.hub === undefined;
    this.#patience = new HubPatience({ limits: context.limits, asksDps, random: this.#jitter });
    const early: JsonObject[] = [];
    let report = (patch: JsonObject): void => void early.push(patch);
    const onBroken = (failure: DeviceFailure): void => this.#over.abort(failure);
    this.#model = bootModel(context, { report: (patch) => report(patch), onBroken });
    this.#faults = new DeviceFaults({
      context,
      status,
      model: this.#model,
      cut: () => this.#connection?.cut(new DeviceFailure("fault", "cut by the fault disconnect")),
    });
    this.#telemetry = new Telemetry(context, this.#status, this.#model, this.#faults);
    this.#twin = new DeviceTwin(context, this.#status, {
      model: this.#model,
      faults: this.#faults.twin,
      onApplied: () => this.#telemetry.intervalMayHaveChanged(),
    });
    report = (patch) => this.#twin.reports(patch);
    for (const patch of early) report(patch);
  }

  /**
   * Lives until the device is stopped (then `stopped`) or fails for good (then `failed`). Rejects only on a bug.
   *
   * @param dueMs when it was due, ms after time 0
   */
  async run(dueMs: number): Promise<void> {
    const { signal } = this.#over;
    try {
      signal.throwIfAborted();
      this.#faults.start(signal);
      await this.#live(dueMs, signal);
    } catch (error) {
      if (!this.#isStopped) this.#fail(signal.aborted ? signal.reason : error);
    } finally {
      await this.#end();
    }
  }

  /** This boot is over but for the goodbyes: it was stopped or has failed for good. */
  get isEnding(): boolean {
    return this.#isStopped || this.#hasFailed;
  }

  /**
   * Ends this boot; safe to call twice, and a power cut ends what a stop in order still waits for.
   *
   * @param how absent = the run is over
   */
  stop(how?: StopKind): void {
    if (how === "powerCut") this.#cut();
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#how = how;
    // Also what is on its way to a connection.
    this.#over.abort(new Error("the device was stopped"));
  }

  /** Another fault, as if the plan had it. */
  fault(spec: FaultSpec): void {
    this.#faults.add(spec);
  }

  /** What its model takes its writable properties to be; {} where that does not tell. */
  settled(): JsonObject {
    return this.#model.settled?.() ?? {};
  }

  /** Another telemetry interval, ms, where the twin does not set one. */
  retune(intervalMs: number): void {
    this.#telemetry.retune(intervalMs);
  }

  /** The files of the identity may have changed: the device rolls to what they hold. Rejects only on a bug. */
  identityChanged(): Promise<void> {
    return this.#passports.filesChanged();
  }

  async #live(firstDueMs: number, signal: AbortSignal): Promise<never> {
    const { spec, clock } = this.#context;
    let dueMs = firstDueMs;
    let kept = spec.assignment;
    if (spec.hub === undefined && kept === undefined) this.#status.state.to("registering");
    await this.#passports.open();
    for (;;) {
      const passport = await this.#passports.issue(dueMs, signal, kept);
      const { hub, deviceId } = passport.assignment;
      this.#status.hub = hub;
      this.#status.deviceId = deviceId;
      this.#status.state.to("assigned");
      this.#twin.assigned();
      const pauseMs = this.#patience.assigned(hub, kept !== undefined, clock());
      await this.#serve(passport, pauseMs, signal);
      kept = undefined;
      dueMs = clock();
      this.#status.state.to("registering");
    }
  }

  /** Keeps the device connected to its hub; returns when it must go back to DPS, if that is where it came from. */
  async #serve(first: Passport, firstPauseMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    let passport = first;
    let dueMs = first.assignment.assignedMs;
    this.#status.state.to(this.#status.connectionMs === null ? "connecting" : "reconnecting");
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
    passport: Passport,
    dueMs: number,
    signal: AbortSignal,
  ): Promise<ConnectionEnd> {
    const { identity, assignment, isRolled } = passport;
    const { hub } = assignment;
    const { limits, recorder } = this.#context;
    recorder.goesTo(hub);
    const end = deferred<DeviceFailure | undefined>();
    this.#twin.connecting();
    let opened: OpenedHub;
    try {
      opened = await openHub(
        {
          context: this.#context,
          passport,
          model: this.#model,
          twin: this.#twin,
          faults: this.#faults,
          onCloudMessage: this.#account.onCloudMessage,
          onRenewed: () => this.#renewed(hub),
          onLost: (failure) => end.resolve(failure),
        },
        signal,
      );
      this.#connection = opened.connection;
      this.#twin.connected(opened.connection, opened.desired);
      this.#account.connected(hub, dueMs, opened.phases);
      this.#account.shows(identity, isRolled);
      this.#status.state.to("streaming");
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
    this.#status.state.to("reconnecting");
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
    this.#status.state.to("reconnecting");
  }

  #fail(error: unknown): void {
    // An identity that cannot be used ends its device, not the fleet; whatever else comes here is a bug.
    if (!(error instanceof DeviceFailure) && !(error instanceof FleetError)) throw error;
    const failure =
      error instanceof DeviceFailure
        ? error
        : new DeviceFailure("tls", messageOf(error), { code: error.code, cause: error });
    this.#hasFailed = true;
    this.#account.failed(failure, true);
    this.#status.state.to("failed");
  }

  /** What is under way is neither acknowledged nor failed: nobody is there who could learn of it. */
  #cut(): void {
    this.#telemetry.cut();
    this.#twin.cut();
    this.#connection?.cut(new DeviceFailure("fault", "power cut"));
  }

  async #end(): Promise<void> {
    const { limits, onChange } = this.#context;
    const { state } = this.#status;
    await this.#passports.close();
    await this.#telemetry.stop(this.#how === "powerCut" ? 0 : limits.drainMs);
    this.#twin.cut();
    await this.#connection?.close();
    this.#connection = undefined;
    if (this.#how !== undefined) {
      this.#faults.stop();
      this.#telemetry.clearAlerts();
    }
    if (!state.isOver) state.to("stopped", this.#how);
    onChange();
  }
}
