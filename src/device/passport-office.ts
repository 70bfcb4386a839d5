import { deferred } from "../base/deferred.ts";
import { FleetError } from "../base/errors.ts";
import { DeviceFailure } from "../base/failure.ts";
import { sleep } from "../base/retry.ts";
import type { KeptAssignment } from "../plan/plan.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceIdentity } from "./identity.ts";
import type { HubOfDevice, Passport } from "./passport.ts";
import { TlsSessions } from "./tls-sessions.ts";

/** Registers with one identity, until assigned or refused. @throws {DeviceFailure} */
export type Register = (
  identity: DeviceIdentity,
  dueMs: number,
  signal: AbortSignal,
) => Promise<HubOfDevice>;

/**
 * Gives one device what it connects with, and another one when the files of its identity have changed: the new
 * certificate is judged, then registered while the old connection still serves, so that a refusal costs nothing. DPS
 * then tells the hub the new thumbprint. Source: Microsoft Learn, "Roll X.509 device certificates".
 */
export class PassportOffice {
  readonly #context: DeviceContext;
  readonly #register: Register;
  readonly #stop = new AbortController();
  #identity: DeviceIdentity | undefined;
  #sessions: TlsSessions;
  /** What the device does not have yet. */
  #next: Passport | undefined;
  #onNext: () => void = () => {};
  #filesChanged = deferred<void>();
  #isStale = false;
  #isRolled = false;
  #rolling: Promise<void> | undefined;
  /** The registration of a new identity that is under way. */
  #attempt: Promise<unknown> = Promise.resolve();
  /** One registration at a time: the last one decides which thumbprint the hub knows. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: DeviceContext, register: Register) {
    this.#context = context;
    this.#register = register;
    this.#sessions = this.#newSessions();
  }

  /** Calls `listener`, in the place of any other, when there is another passport than the one last given; now, if there is. */
  onNext(listener: () => void): void {
    this.#onNext = listener;
    if (this.#next !== undefined) listener();
  }

  /** Resolves when no new identity is being registered. @returns whether a passport for one is ready */
  async attemptEnded(): Promise<boolean> {
    await this.#attempt;
    return this.#next !== undefined;
  }

  /** Reads the identity for the first time. @throws {FleetError} when it cannot be used */
  async open(): Promise<void> {
    const { loadIdentity } = this.#context;
    let identity: DeviceIdentity;
    do {
      this.#isStale = false;
      identity = await loadIdentity();
    } while (this.#isStale);
    this.#identity = identity;
  }

  /**
   * Registers with the newest identity, unless where the device belongs is known.
   *
   * @param dueMs when that was due, ms since time 0
   * @param kept where it belonged in an earlier life
   * @throws {DeviceFailure} when it fails for good; the signal's reason
   */
  issue(dueMs: number, signal: AbortSignal, kept?: KeptAssignment): Promise<Passport> {
    return this.#alone(async () => {
      const rolled = this.takeNext();
      if (rolled !== undefined) return rolled;
      const identity = this.#identity;
      if (identity === undefined) throw new Error("the identity was not read");
      const assignment =
        kept === undefined
          ? await this.#register(identity, dueMs, signal)
          : { ...kept, assignedMs: dueMs };
      return { identity, assignment, sessions: this.#sessions, isRolled: this.#isRolled };
    });
  }

  /** The passport that is ready, once. */
  takeNext(): Passport | undefined {
    const next = this.#next;
    if (next === undefined) return undefined;
    this.#next = undefined;
    return next;
  }

  /** The files of the identity may have changed; resolves when that is dealt with. Rejects only on a bug. */
  filesChanged(): Promise<void> {
    this.#isStale = true;
    if (this.#identity === undefined) return Promise.resolve();
    this.#filesChanged.resolve(undefined);
    this.#rolling ??= this.#roll();
    return this.#rolling;
  }

  /** Breaks off what is under way; safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort(new Error("the device has ended"));
    await this.#rolling;
  }

  async #roll(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while (this.#isStale && !signal.aborted) {
        this.#isStale = false;
        this.#filesChanged = deferred();
        const found = await this.#loadNew();
        if (found !== undefined) await this.#rollTo(found, signal);
      }
    } finally {
      this.#rolling = undefined;
    }
  }

  /** @returns undefined where it is the one in use, or cannot be used: that is told */
  async #loadNew(): Promise<DeviceIdentity | undefined> {
    try {
      const found = await this.#context.loadIdentity();
      return found.proof === this.#identity?.proof ? undefined : found;
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#tell("refused", undefined, error.message);
      return undefined;
    }
  }

  /** Registers with `found`, again after a while where DPS refuses it: its enrollment may learn of it later. */
  async #rollTo(found: DeviceIdentity, signal: AbortSignal): Promise<void> {
    this.#tell("found", found);
    for (let tries = 1; ; tries += 1) {
      try {
        const attempt = this.#alone(() => this.#take(found, signal));
        this.#attempt = attempt.catch(() => undefined);
        await attempt;
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DeviceFailure)) throw error;
        if (tries === 1) this.#tell("refused", found, `DPS: ${error.message}`);
      }
      const pause = sleep(this.#context.limits.rollRetryMs, signal).catch(() => undefined);
      await Promise.race([pause, this.#filesChanged.promise]);
      if (this.#isStale || signal.aborted) return;
    }
  }

  async #take(found: DeviceIdentity, signal: AbortSignal): Promise<void> {
    const assignment = await this.#register(found, this.#context.clock(), signal);
    this.#identity = found;
    this.#sessions = this.#newSessions();
    this.#isRolled = true;
    this.#next = { identity: found, assignment, sessions: this.#sessions, isRolled: true };
    this.#onNext();
  }

  #tell(state: "found" | "refused", found: DeviceIdentity | undefined, error?: string): void {
    const { recorder, clock, spec, log } = this.#context;
    if (state === "refused") recorder.count("certificate_refused");
    const { thumbprint, validTo } = found?.certificate ?? {};
    const deviceId = spec.registrationId;
    recorder.event({
      type: "certificate",
      t: clock(),
      deviceId,
      state,
      thumbprint,
      validTo,
      error,
    });
    log.debug({ thumbprint, error }, `new certificate ${state}`);
  }

  #newSessions(): TlsSessions {
    return new TlsSessions(() => this.#context.now().getTime());
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
