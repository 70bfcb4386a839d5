import { readDeviceFault } from "../../base/device-fault.ts";
import { deviceFaultKind, isDeviceFaultName } from "../../base/device-fault-kinds.ts";
import { deferred } from "../../base/deferred.ts";
import type { Deferred } from "../../base/deferred.ts";
import type { FaultSpec } from "../../base/fault-spec.ts";
import { orAborted } from "../../base/or-aborted.ts";
import { sleep } from "../../base/retry.ts";
import type { Message, ModelDevice } from "../../model/model.ts";
import type { DeviceContext } from "../device-context.ts";
import type { DeviceStatus } from "../device-status.ts";
import { FaultSwitch, occurrencesOf } from "./fault-switch.ts";
import type { MessageFault, OutgoingMessage } from "./message-faults.ts";
import { MessageFaults } from "./message-faults.ts";
import type { TwinFault } from "./twin-faults.ts";
import { TwinFaults } from "./twin-faults.ts";

/** Where a fault acts: in the device's model, on its messages, on what it makes of its twin, on its connection. */
type Place =
  | { readonly in: "model" }
  | { readonly in: "messages"; readonly fault: MessageFault; readonly draw: () => number }
  | { readonly in: "twin"; readonly fault: TwinFault }
  | { readonly in: "connection" };

/** One fault of the plan, or one that the run added. */
interface PlannedFault {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly place: Place;
  /** undefined = it has a time of the run and does not wait for a message. */
  readonly switch: FaultSwitch | undefined;
}

/** What one device's faults need of it. */
export interface FaultsOf {
  readonly context: Pick<DeviceContext, "spec" | "random" | "clock" | "recorder" | "log">;
  /** The age goes on over the boots of the device, so that its schedules do. */
  readonly status: Pick<DeviceStatus, "ageMs">;
  readonly model: Pick<ModelDevice, "beginFault" | "endFault">;
  /** Cuts the connection to the hub, if there is one. */
  readonly cut: () => void;
}

/**
 * What goes wrong with one device in one of its boots. Faults of models and messages begin and end before a step, by its planned time; those of
 * the device's own schedules by the intervals that its model has had, so that its bodies do not depend on the clock. Their
 * random numbers are streams of their own.
 */
export class DeviceFaults {
  readonly #of: FaultsOf;
  readonly #planned: PlannedFault[];
  readonly #on = new Set<PlannedFault>();
  readonly #messages = new MessageFaults();
  /** What a fault makes of desired and reported properties. */
  readonly twin = new TwinFaults();
  /** Ids of those that keep the device from connecting. */
  readonly #holding = new Set<string>();
  #free: Deferred<void> | undefined;
  /** When the newest step was due; undefined before the first of this boot. */
  #steppedMs: number | undefined;
  #signal: AbortSignal | undefined;

  constructor(of: FaultsOf) {
    this.#of = of;
    this.#planned = (of.context.spec.faults ?? []).map((spec, index) => this.#plan(spec, index));
  }

  /** The device has booted; what has a time of the run and acts on the connection comes by itself until `signal` aborts. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    const nowMs = this.#of.context.clock();
    for (const fault of this.#planned) this.#await(fault, nowMs);
  }

  /** Another fault, as if the plan had it; one that is over is missed, but for one of a moment: the word of it takes a while. */
  add(given: FaultSpec): void {
    const nowMs = this.#of.context.clock();
    const spec = notBefore(given, nowMs);
    const fault = this.#plan(spec, this.#planned.length);
    // What begins between two steps is on for the next, as a planned one is.
    if (this.#steppedMs !== undefined && spec.times.by === "script") {
      fault.switch?.at(Math.min(this.#steppedMs, spec.times.atMs - 1));
    }
    this.#planned.push(fault);
    this.#await(fault, nowMs);
  }

  /** The device is switched off: what was on is over, and is on again when it boots in time. */
  stop(): void {
    for (const fault of this.#on) this.#tell(fault, "ended");
    this.#on.clear();
  }

  /** A step is due: what has begun or ended by then does so. @param dtS the interval before it, in the device's own time */
  step(dueMs: number, dtS: number): void {
    const { status } = this.#of;
    const ageMs = status.ageMs === undefined ? 0 : status.ageMs + dtS * 1_000;
    status.ageMs = ageMs;
    this.#steppedMs = dueMs;
    for (const fault of this.#planned) {
      const nowMs = fault.spec.times.by === "script" ? dueMs : ageMs;
      for (const change of fault.switch?.at(nowMs) ?? []) {
        if (change === "begun") this.#begin(fault);
        else this.#end(fault);
      }
    }
  }

  /** How far the device's clock is ahead right now, ms: also before its first message, where the timeline says so. */
  get clockSkewMs(): number {
    const nowMs = this.#of.context.clock();
    return this.#planned.reduce((skewMs, planned) => {
      const { place, spec } = planned;
      if (place.in !== "messages" || place.fault.kind !== "clockSkew") return skewMs;
      const { times } = spec;
      const isOn =
        times.by === "script"
          ? nowMs >= times.atMs && nowMs < times.atMs + (times.forMs ?? Infinity)
          : this.#on.has(planned);
      return isOn ? skewMs + place.fault.by : skewMs;
    }, 0);
  }

  /** What becomes of a message; undefined = it is left out. */
  apply(message: Message): OutgoingMessage | undefined {
    return this.#messages.apply(message);
  }

  /** Waits until no fault keeps the device from connecting. @returns whether it had to wait */
  async mayConnect(signal: AbortSignal): Promise<boolean> {
    if (this.#holding.size === 0) return false;
    this.#free ??= deferred<void>();
    await orAborted(this.#free.promise, signal);
    return true;
  }

  /** The device is connected; a fault that came while it was about to be cuts that connection too. */
  connected(): void {
    if (this.#holding.size > 0) this.#of.cut();
  }

  #plan(spec: FaultSpec, index: number): PlannedFault {
    const { random } = this.#of.context;
    const { kind, times } = spec;
    const isOurs = isDeviceFaultName(kind);
    const place = this.#placeOf(spec, index);
    const isMoment = isOurs && deviceFaultKind(kind).isMoment === true;
    const stream = random(`fault/${index}/times`);
    const hasSteps = place.in === "model" || place.in === "messages";
    const waits = hasSteps || times.by !== "script";
    return {
      id: `${kind}-${index + 1}`,
      spec,
      place,
      switch: waits
        ? new FaultSwitch(occurrencesOf(times, isMoment, () => stream.next()))
        : undefined,
    };
  }

  #placeOf({ kind, parameters }: FaultSpec, index: number): Place {
    if (!isDeviceFaultName(kind)) return { in: "model" };
    const read = readDeviceFault(kind, parameters);
    if (!read.ok) throw new TypeError(`a fault of the plan is wrong: ${JSON.stringify(read)}`);
    const { fault } = read;
    if (fault.kind === "disconnect") return { in: "connection" };
    if (fault.kind === "stuck" || fault.kind === "wrongReport") return { in: "twin", fault };
    const stream = this.#of.context.random(`fault/${index}/messages`);
    return { in: "messages", fault, draw: () => stream.next() };
  }

  /** One of the run's times comes by itself, unless it is over by `nowMs`. */
  #await(fault: PlannedFault, nowMs: number): void {
    const { times } = fault.spec;
    if (fault.switch !== undefined || this.#signal === undefined || times.by !== "script") return;
    const { atMs, forMs = fault.place.in === "connection" ? 0 : Infinity } = times;
    // Rejects on a bug alone.
    if (nowMs <= atMs + forMs) void this.#byTheClock(fault, { atMs, forMs }, this.#signal);
  }

  async #byTheClock(
    fault: PlannedFault,
    { atMs, forMs }: { readonly atMs: number; readonly forMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#of.context;
    try {
      await sleep(atMs - clock(), signal);
      this.#begin(fault);
      if (forMs === Infinity) return;
      if (forMs > 0) await sleep(atMs + forMs - clock(), signal);
      this.#end(fault);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #begin(fault: PlannedFault): void {
    const { id, place, spec } = fault;
    this.#of.context.recorder.count("faults_begun", 1, { kind: spec.kind });
    this.#on.add(fault);
    this.#tell(fault, "begun");
    switch (place.in) {
      case "model":
        this.#of.model.beginFault?.({ id, kind: spec.kind, parameters: spec.parameters });
        return;
      case "messages":
        this.#messages.begin(id, place.fault, place.draw);
        return;
      case "twin":
        this.twin.begin(id, place.fault);
        return;
      case "connection":
        this.#holding.add(id);
        this.#of.cut();
        return;
      default:
        place satisfies never;
    }
  }

  #end(fault: PlannedFault): void {
    const { id, place } = fault;
    this.#on.delete(fault);
    this.#tell(fault, "ended");
    switch (place.in) {
      case "model":
        this.#of.model.endFault?.(id);
        return;
      case "messages":
        this.#messages.end(id);
        return;
      case "twin":
        this.twin.end(id);
        return;
      case "connection":
        this.#holding.delete(id);
        if (this.#holding.size > 0) return;
        this.#free?.resolve();
        this.#free = undefined;
        return;
      default:
        place satisfies never;
    }
  }

  #tell({ spec: { kind, parameters, times } }: PlannedFault, state: "begun" | "ended"): void {
    const { spec, recorder, clock, log } = this.#of.context;
    log.debug({ fault: kind, state, ...parameters }, "fault");
    recorder.event({
      type: "fault",
      t: clock(),
      deviceId: spec.registrationId,
      kind,
      state,
      parameters,
      ...(times.by === "script" ? { at: times.at } : {}),
    });
  }
}

/** A moment that is over is now. */
function notBefore(spec: FaultSpec, nowMs: number): FaultSpec {
  const { times } = spec;
  if (times.by !== "script" || times.forMs !== undefined || times.atMs >= nowMs) return spec;
  return { ...spec, times: { ...times, atMs: nowMs } };
}
