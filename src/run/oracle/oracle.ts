import { setMaxListeners } from "node:events";

import { FleetError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { sleep } from "../../base/retry.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { DivergenceEvent, OracleEvent } from "../../output/divergence.ts";
import type { OracleSettings } from "../../plan/plan.ts";
import { readTwin } from "../../service/device-twin.ts";
import { openPace } from "../../service/pace.ts";
import type { FleetHubs } from "../fleet-hubs.ts";
import { DeviceDoings } from "./device-doings.ts";
import { DivergenceWatch } from "./divergence-watch.ts";
import { propertyLooks } from "./property-look.ts";

export interface OracleOptions {
  readonly settings: OracleSettings;
  /** Registration ids of the fleet. */
  readonly devices: readonly string[];
  readonly hubs: Pick<FleetHubs, "placeOf">;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: DivergenceEvent | OracleEvent) => void;
  /** A property of this device is at odds for longer than is tolerated. @param t ms after time 0 */
  readonly onDivergence: (registrationId: string, t: number) => void;
  readonly log: Logger;
}

/** Looks go on a little faster than they must, so that all are done when the next ones are due. */
const HEADROOM = 1.2;

/**
 * Compares, while the run goes on, what is desired of each connected device, what it reports and what it takes its
 * properties to be, and tells what differs for longer than is tolerated. Twins are read one by one: that is never behind, and
 * a hub lets through far more reads than rows of queries.
 */
export class Oracle {
  readonly #options: OracleOptions;
  readonly #doings = new DeviceDoings();
  readonly #watch: DivergenceWatch;
  readonly #stopping = new AbortController();
  readonly #seen = new Set<string>();
  /** Properties by device and name: true once anything was said of them. */
  readonly #echoed = new Map<string, boolean>();
  #looks = 0;
  #failed = 0;
  #looking: Promise<void> | undefined;

  constructor(options: OracleOptions) {
    this.#options = options;
    this.#watch = new DivergenceWatch(options.settings.toleratesMs);
    // Every look that waits for its turn listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    this.#doings.observe(event);
  }

  /** Looks from now on until it is stopped. */
  start(): void {
    this.#looking ??= this.#lookOn();
  }

  /** Ends looking and tells how much was looked at; safe to call twice. */
  async stop(): Promise<void> {
    if (this.#looking === undefined || this.#stopping.signal.aborted) return;
    this.#stopping.abort(new Error("the oracle was stopped"));
    await this.#looking;
    const notEchoed = [...this.#echoed.values()].filter((isEchoed) => !isEchoed).length;
    const { emit, clock } = this.#options;
    const devices = this.#seen.size;
    const t = Math.round(clock());
    emit({ type: "oracle", t, looks: this.#looks, failed: this.#failed, devices, notEchoed });
  }

  async #lookOn(): Promise<void> {
    const { settings, clock } = this.#options;
    const { signal } = this.#stopping;
    try {
      for (;;) {
        const begunMs = clock();
        await this.#lookAtAll(signal);
        await sleep(begunMs + settings.everyMs - clock(), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** One look at each device that is connected or was at odds, spread over the time until the next ones. */
  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const { devices, settings } = this.#options;
    const due = devices.filter(
      (id) => this.#doings.doing(id).state === "streaming" || this.#watch.isOpen(id),
    );
    const perS = (due.length * 1_000 * HEADROOM) / settings.everyMs;
    if (due.length === 0) return;
    const even = openPace({ perS, burst: 1 });
    await Promise.all(due.map((id) => even.run(() => this.#lookAt(id, signal), { signal })));
  }

  async #lookAt(registrationId: string, signal: AbortSignal): Promise<void> {
    const { hubs, clock, log, emit, onDivergence } = this.#options;
    let twin;
    try {
      const { deviceId, hub } = hubs.placeOf(registrationId);
      twin = await hub.pace("twinReads").run(() => readTwin(hub, deviceId, signal), { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FleetError)) throw error;
      // A device that was deleted has no twin; of the others a later look says more.
      this.#failed += 1;
      log.debug({ deviceId: registrationId, err: error }, "twin not read by the oracle");
      return;
    }
    this.#looks += 1;
    this.#seen.add(registrationId);
    const inner = this.#doings.inner(registrationId);
    const properties = propertyLooks(twin.desired.values, twin.reported.values, inner);
    for (const { property, verdict } of properties) {
      const key = `${registrationId} ${property}`;
      this.#echoed.set(key, this.#echoed.get(key) === true || verdict !== "notEchoed");
    }
    const t = Math.round(clock());
    const doing = this.#doings.doing(registrationId);
    const { version } = twin.desired;
    const look = { deviceId: registrationId, t, version, properties, doing };
    for (const event of this.#watch.look(look)) {
      emit(event);
      if (event.state === "begun") onDivergence(registrationId, t);
    }
  }
}
