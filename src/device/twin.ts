import { DeviceFailure } from "../base/failure.ts";
import type { Json, JsonObject, MethodResult, ModelDevice } from "../model/model.ts";
import type { DesiredChange, DesiredOutcome, DesiredTrouble } from "./desired-tracker.ts";
import { DesiredTracker } from "./desired-tracker.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { TwinFaults } from "./faults/twin-faults.ts";
import type { HubConnection } from "./hub-connection.ts";

/** The twin and the direct methods of one device: what the hub wants goes to the model, what the model answers is reported. */
export class DeviceTwin {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #model: ModelDevice;
  readonly #faults: Pick<TwinFaults, "isStuck" | "reported">;
  readonly #readsAlways: boolean;
  readonly #tracker: DesiredTracker;
  readonly #onApplied: () => void;
  #connection: HubConnection | undefined;
  #begun = false;
  #isOver = false;
  /** What the model wants reported and no connection has carried yet; merged, newest wins. */
  #unreported: JsonObject | undefined;

  constructor(
    context: DeviceContext,
    status: DeviceStatus,
    of: {
      readonly model: ModelDevice;
      readonly faults: Pick<TwinFaults, "isStuck" | "reported">;
      /** A desired change was applied. */
      readonly onApplied: () => void;
    },
  ) {
    this.#context = context;
    this.#status = status;
    this.#model = of.model;
    this.#faults = of.faults;
    this.#onApplied = of.onApplied;
    this.#readsAlways = context.limits.readTwin === "always";
    this.#tracker = new DesiredTracker({ readsAgain: this.#readsAlways });
  }

  /** Whether the next connection is to read the whole twin. */
  get readsNext(): boolean {
    return this.#readsAlways || !this.#tracker.hasBegun;
  }

  /** DPS has assigned the device: what the first connection reads is where it begins, whatever it knew before. */
  assigned(): void {
    this.#tracker.forget();
    this.#begun = false;
  }

  /** A connection is being opened: patches pushed from now on wait for the section that it reads. */
  connecting(): void {
    this.#tracker.hold();
  }

  /** Applies the desired section, if the new connection read it, then reports; later patches follow by `pushed`. */
  connected(connection: HubConnection, desired: JsonObject | undefined): void {
    this.#connection = connection;
    if (desired !== undefined) this.#read(desired);
    this.#report();
  }

  /** The connection was made anew in good order: a patch may have been pushed while it was away. */
  renewed(): void {
    if (!this.#readsAlways) return;
    this.#tracker.hold();
    void this.#readAgain();
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** The device is off: what becomes of requests under way nobody is told. */
  cut(): void {
    this.#isOver = true;
    this.#connection = undefined;
  }

  /** The hub pushed a patch. */
  pushed(patch: JsonObject): void {
    this.#follow(this.#tracker.push(patch));
    this.#report();
  }

  /** The model has something to report by itself. */
  reports(patch: JsonObject): void {
    this.#want(patch);
    this.#report();
  }

  /** A direct method was called; an unknown name never gets here. */
  method(name: string, payload: Json): MethodResult {
    const { recorder, clock, log } = this.#context;
    const startMs = clock();
    const handler = this.#model.methods[name];
    const result: MethodResult = handler?.(payload) ?? { status: 404 };
    const ms = clock() - startMs;
    recorder.count("methods_received");
    if (result.status >= 300) recorder.count("methods_failed");
    recorder.observe("method_ms", ms, startMs);
    log.trace({ method: name, status: result.status }, "method answered");
    const { deviceId } = this.#status;
    recorder.event({
      type: "method",
      t: startMs,
      deviceId,
      method: name,
      status: result.status,
      ms,
    });
    if (result.reported !== undefined) {
      this.#want(result.reported);
      this.#report();
    }
    return result;
  }

  #read(section: JsonObject): void {
    this.#follow(this.#tracker.section(section));
  }

  #follow({ changes, troubles, readAgain }: DesiredOutcome): void {
    for (const trouble of troubles) this.#troubled(trouble);
    for (const change of changes) this.#apply(change);
    // Its failures are told as events.
    if (readAgain) void this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    try {
      const section = await connection.readDesired();
      if (this.#connection !== connection) return;
      this.#read(section);
      this.#report();
    } catch (error) {
      if (this.#connection === connection)
        for (const trouble of this.#tracker.notRead()) this.#troubled(trouble);
      this.#failed(error);
    }
  }

  #apply(change: DesiredChange): void {
    const { recorder, clock, log } = this.#context;
    log.trace({ version: change.version, initial: change.initial }, "desired properties received");
    // The section read at the start is where the device begins, not a change that it received.
    if (this.#begun) recorder.count("desired_received");
    this.#begun = true;
    recorder.event({
      type: "desired",
      t: clock(),
      deviceId: this.#status.deviceId,
      version: change.version,
      initial: change.initial,
      patch: change.patch,
    });
    if (this.#faults.isStuck) return;
    const reported = this.#model.desired(change.patch, change);
    if (reported !== undefined) this.#want(reported);
    this.#onApplied();
  }

  /** Versions did not come as the hub counts them. */
  #troubled(trouble: DesiredTrouble): void {
    const { recorder, clock, log } = this.#context;
    const about = { t: clock(), deviceId: this.#status.deviceId };
    log.debug(trouble, "desired versions out of turn");
    if (trouble.kind === "missed") {
      const { from, to, learnt, healed } = trouble;
      recorder.count("desired_missed", to - from + 1);
      recorder.event({ type: "desiredMissed", ...about, from, to, learnt, healed });
    } else {
      const { kind, version } = trouble;
      recorder.count(kind === "duplicate" ? "desired_duplicate" : "desired_out_of_order");
      recorder.event({ type: "desiredDropped", ...about, version, why: kind });
    }
  }

  #want(patch: JsonObject): void {
    this.#unreported = { ...this.#unreported, ...patch };
  }

  /** Reports what is wanted, if anything is and a connection is there. */
  #report(): void {
    const patch = this.#unreported;
    const connection = this.#connection;
    if (patch === undefined || connection === undefined) return;
    this.#unreported = undefined;
    // Its failures are told as events.
    void this.#reportTo(connection, patch, this.#faults.reported(patch));
  }

  /** @param told what goes out in place of `wanted`, where a fault is on */
  async #reportTo(connection: HubConnection, wanted: JsonObject, told: JsonObject): Promise<void> {
    const { recorder, clock, log } = this.#context;
    const startMs = clock();
    const desiredVersion = this.#tracker.version;
    recorder.count("reported_sent");
    try {
      await connection.report(told);
      const nowMs = clock();
      const ms = nowMs - startMs;
      recorder.count("reported_acked");
      recorder.observe("reported_ms", ms, startMs);
      log.trace({ desiredVersion, durationMs: Math.round(ms) }, "reported properties accepted");
      const { deviceId } = this.#status;
      recorder.event({ type: "reported", t: nowMs, deviceId, desiredVersion, patch: told, ms });
    } catch (error) {
      // The next connection carries it; what the model wanted in the meantime wins. A refused patch stays refused.
      if (error instanceof DeviceFailure && error.transient) {
        this.#unreported = { ...wanted, ...this.#unreported };
      }
      this.#failed(error);
    }
  }

  /** A twin request failed; a lost connection is told by itself, anything else as an event. */
  #failed(error: unknown): void {
    if (!(error instanceof DeviceFailure)) throw error;
    if (this.#isOver) return;
    this.#context.recorder.event({
      type: "error",
      t: this.#context.clock(),
      deviceId: this.#status.deviceId,
      errorClass: error.failureClass,
      error: error.message,
      final: false,
    });
  }
}
