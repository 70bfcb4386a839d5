import type { FailureClass } from "../../base/failure.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { DeviceState } from "../../metrics/device-row.ts";
import { Moments } from "./moments.ts";

/** A device that was started and has no answer yet. */
interface UnderWay {
  readonly dueMs: number;
  /** The state that says that it is through. */
  readonly through: DeviceState;
  refused: boolean;
}

/** A service told a device to come back later. */
export interface Refusal {
  /** When the device that was told so had been due, ms after time 0. */
  readonly dueMs: number;
  /** When it was told so. */
  readonly atMs: number;
  readonly retryAfterMs: number;
}

/** How long a device took that no service refused. */
interface Sample {
  readonly dueMs: number;
  readonly atMs: number;
  /** Infinity = it timed out or its connection broke. */
  readonly ms: number;
}

/** Latencies are looked at over so many ms, and over no fewer devices than these. */
const RECENT_MS = 5_000;
const LEAST_SAMPLES = 5;

/** The part of the devices that may take longer than the others: what is told is the 95th percentile. */
const LATE_PART = 0.05;

/** What became of the devices that were started: what services took, refused and answered, and how long that took. */
export class StartRecord {
  readonly #underWay = new Map<string, UnderWay>();
  /** When services took devices: when they were due, or, of those that were refused, when they were through. */
  readonly #taken = new Moments();
  readonly #through = new Moments();
  #refusals: Refusal[] = [];
  #samples: Sample[] = [];
  #firstDueMs = Infinity;
  #lastDueMs = -Infinity;
  #waiting = 0;

  /** When the first device was due, ms after time 0; Infinity before there is one. */
  get firstDueMs(): number {
    return this.#firstDueMs;
  }

  get lastDueMs(): number {
    return this.#lastDueMs;
  }

  /** Devices that were refused and are not through yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Devices that were started, not refused, and are not through yet. */
  get unanswered(): number {
    return this.#underWay.size - this.#waiting;
  }

  /** @param through the state in which the device has got what it asked for */
  started(registrationId: string, dueMs: number, through: DeviceState): void {
    this.#underWay.set(registrationId, { dueMs, through, refused: false });
    this.#taken.add(dueMs);
    this.#firstDueMs = Math.min(this.#firstDueMs, dueMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
  }

  /** Devices that nobody hosts any more get no answer, and keep no others waiting. */
  forget(isHosted: (registrationId: string) => boolean): void {
    for (const [registrationId, device] of this.#underWay) {
      if (!isHosted(registrationId)) this.#leave(registrationId, device);
    }
  }

  /** Takes what a device tells; what concerns no device under way is passed over. */
  observe(event: DeviceEvent): void {
    const device = this.#underWay.get(event.deviceId);
    if (device === undefined) return;
    if (event.type === "throttled") this.#refuse(device, event.t, event.retryAfterMs);
    else if (event.type === "error") this.#fail(device, event.t, event.errorClass);
    else if (event.type === "state") {
      const isThrough = event.to === device.through;
      if (isThrough) this.#arrived(device, event.t);
      const isOver = event.to === "failed" || event.to === "stopped";
      if (isThrough || isOver) this.#leave(event.deviceId, device);
    }
  }

  /** The devices that services took in a span. */
  taken(fromMs: number, toMs?: number): number {
    return this.#taken.between(fromMs, toMs);
  }

  /** The devices that got through in a span. */
  through(fromMs: number, toMs?: number): number {
    return this.#through.between(fromMs, toMs);
  }

  /** The refusals of devices that were due after `dueMs`; earlier ones are forgotten. */
  refusalsAfter(dueMs: number): readonly Refusal[] {
    this.#refusals = this.#refusals.filter((refusal) => refusal.dueMs > dueMs);
    return this.#refusals;
  }

  /** The 95th percentile of the latest latencies, ms; Infinity where too few devices are through. */
  latencyMs(nowMs: number): number {
    const recent = this.#recent(nowMs);
    if (recent.length < LEAST_SAMPLES) return Infinity;
    const rank = Math.ceil((1 - LATE_PART) * recent.length) - 1;
    return recent.map(({ ms }) => ms).toSorted((a, b) => a - b)[rank] ?? Infinity;
  }

  /** Whether more than 5 % of the devices due after `dueMs`, and more than one, take longer than `limitMs`. */
  isLate(limitMs: number, dueMs: number, nowMs: number): boolean {
    let late = 0;
    let all = 0;
    for (const sample of this.#recent(nowMs)) {
      if (sample.dueMs <= dueMs) continue;
      all += 1;
      if (sample.ms === Infinity || sample.ms > limitMs) late += 1;
    }
    for (const device of this.#underWay.values()) {
      if (device.refused || device.dueMs <= dueMs || nowMs - device.dueMs <= limitMs) continue;
      all += 1;
      late += 1;
    }
    return late > 1 && late > LATE_PART * all;
  }

  #leave(registrationId: string, { refused }: UnderWay): void {
    this.#underWay.delete(registrationId);
    if (refused) this.#waiting -= 1;
  }

  #refuse(device: UnderWay, atMs: number, retryAfterMs: number): void {
    this.#refusals.push({ dueMs: device.dueMs, atMs, retryAfterMs });
    if (device.refused) return;
    device.refused = true;
    this.#waiting += 1;
    this.#taken.add(device.dueMs, -1);
  }

  #fail(device: UnderWay, atMs: number, failureClass: FailureClass): void {
    if (failureClass === "throttled") this.#refuse(device, atMs, 0);
    else if (failureClass === "timeout" || failureClass === "network") {
      this.#samples.push({ dueMs: device.dueMs, atMs, ms: Infinity });
    }
  }

  #arrived({ dueMs, refused }: UnderWay, atMs: number): void {
    this.#through.add(atMs);
    // A refused device's latency tells how long it had to wait, and not how the service does.
    if (refused) {
      this.#taken.add(atMs);
      return;
    }
    this.#samples.push({ dueMs, atMs, ms: atMs - dueMs });
  }

  #recent(nowMs: number): readonly Sample[] {
    const until = Math.max(0, this.#samples.length - LEAST_SAMPLES);
    const first = this.#samples.findIndex(
      ({ atMs }, index) => index >= until || atMs > nowMs - RECENT_MS,
    );
    if (first > 0) this.#samples.splice(0, first);
    return this.#samples;
  }
}
