import type { FaultSpec } from "../base/fault-spec.ts";
import { sleep } from "../base/retry.ts";
import type { StopKind } from "../base/stop-kind.ts";
import { Device } from "../device/device.ts";
import type { DeviceContext } from "../device/device-context.ts";
import { DeviceStatus } from "../device/device-status.ts";
import type { DeviceRow } from "../metrics/device-row.ts";
import type { DeviceSpec } from "../plan/plan.ts";

export interface HostedDeviceOptions {
  /** A device that boots again goes to the hub that it had; false = it asks DPS. */
  readonly cachesAssignment: boolean;
  /** Gets what a device must not throw. */
  readonly onBug: (error: unknown) => void;
}

/**
 * One registration id of a shard, with its boots in turn. What outlives a boot is its account, its counts and its faults'
 * age; all else begins anew, the streams of its model too, so that the n-th body after any boot is the same.
 */
export class HostedDevice {
  readonly #context: DeviceContext;
  readonly #status: DeviceStatus;
  readonly #options: HostedDeviceOptions;
  /** With what the run has changed since. */
  #spec: DeviceSpec;
  #device: Device | undefined;
  /** Calls off a boot that is not due yet; undefined = none is to come. */
  #coming: AbortController | undefined;
  #isClosed = false;
  /** What the model took its properties to be when that was told last, as JSON text. */
  #settled: string | undefined;
  /** The end of the newest boot; they never overlap. */
  #ended: Promise<void> = Promise.resolve();

  constructor(context: DeviceContext, options: HostedDeviceOptions) {
    this.#context = context;
    this.#spec = context.spec;
    this.#status = new DeviceStatus(context);
    this.#options = options;
  }

  get row(): DeviceRow {
    return this.#status.row;
  }

  /** Boots the device at that moment, ms after time 0, unless it is on already or is to boot anyway. */
  start(dueMs: number): void {
    const isOn = this.#device?.isEnding === false;
    if (this.#isClosed || isOn || this.#coming !== undefined) return;
    const coming = new AbortController();
    this.#coming = coming;
    this.#ended = this.#bootAfter(this.#ended, dueMs, coming);
    this.#ended.catch(this.#options.onBug);
  }

  /** Where the device is to boot at a later moment, it waits until it is told another. */
  hold(): void {
    this.#callOff();
  }

  /** Switches the device off until it is started again; one that failed for good stays as it is. */
  stop(how: StopKind): void {
    this.#callOff();
    if (this.#device !== undefined) {
      this.#device.stop(how);
      return;
    }
    // What it would have begun with is of the worker before; when it boots it asks DPS like any device.
    if (!this.#options.cachesAssignment) this.#spec = { ...this.#spec, assignment: undefined };
    this.#toStopped(how);
  }

  /** Another fault, in this boot and later ones. */
  fault(fault: FaultSpec): void {
    const { faults = [] } = this.#spec;
    this.#spec = { ...this.#spec, faults: [...faults, fault] };
    this.#device?.fault(fault);
  }

  /** Tells what the device takes its writable properties to be, if it is on and that has changed. */
  tellSettled(): void {
    const values = this.#device?.settled();
    if (values === undefined) return;
    const text = JSON.stringify(values);
    if (text === this.#settled) return;
    this.#settled = text;
    const { recorder, clock, spec } = this.#context;
    recorder.event({ type: "settled", t: clock(), deviceId: spec.registrationId, values });
  }

  /** Another telemetry interval, in this boot and later ones. */
  retune(intervalMs: number): void {
    this.#spec = { ...this.#spec, telemetry: { ...this.#spec.telemetry, intervalMs } };
    this.#device?.retune(intervalMs);
  }

  /** The files of the identity may have changed: a device that is on rolls to what they hold. Rejects only on a bug. */
  async identityChanged(): Promise<void> {
    await this.#device?.identityChanged();
  }

  /** Stops the device in order, for good; safe to call twice. Rejects only on a bug. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#callOff();
    this.#device?.stop();
    await this.#ended;
    this.#toStopped();
  }

  async #bootAfter(before: Promise<void>, dueMs: number, coming: AbortController): Promise<void> {
    await before;
    try {
      await sleep(dueMs - this.#context.clock(), coming.signal);
    } catch {
      return;
    }
    this.#coming = undefined;
    const device = new Device({ ...this.#context, spec: this.#spec }, this.#status);
    this.#device = device;
    await device.run(dueMs);
    this.#device = undefined;
    const { cachesAssignment } = this.#options;
    const assignment = cachesAssignment ? this.#status.assignment : undefined;
    this.#spec = { ...this.#spec, assignment };
  }

  #callOff(): void {
    this.#coming?.abort();
    this.#coming = undefined;
  }

  #toStopped(how?: StopKind): void {
    const { state } = this.#status;
    if (!state.isOver) state.to("stopped", how);
  }
}
