import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceRow, DeviceState } from "../metrics/device-row.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import { MessageAccount } from "./message-account.ts";

/** What is known of one device in this life of its worker; gives its row. */
export class DeviceStatus {
  readonly #spec: DeviceSpec;
  readonly #worker: number;
  readonly #boot: number;
  readonly messages = new MessageAccount();
  deviceId = "";
  hub = "";
  attempts = 0;
  registrationMs: number | null = null;
  connectionMs: number | null = null;
  reconnects = 0;
  #failure: DeviceFailure | undefined;

  constructor(spec: DeviceSpec, worker: number, boot: number) {
    this.#spec = spec;
    this.#worker = worker;
    this.#boot = boot;
  }

  get boot(): number {
    return this.#boot;
  }

  /** The newest failure; `undefined` once the device is well again. */
  set failure(failure: DeviceFailure | undefined) {
    this.#failure = failure;
  }

  row(state: DeviceState): DeviceRow {
    return {
      registrationId: this.#spec.registrationId,
      deviceId: this.deviceId,
      hub: this.hub,
      state,
      boot: this.#boot,
      worker: this.#worker,
      attempts: this.attempts,
      registrationMs: this.registrationMs,
      connectionMs: this.connectionMs,
      reconnects: this.reconnects,
      ...this.messages.counts,
      wasAssigned: this.hub !== "",
      wasConnected: this.connectionMs !== null,
      errorClass: this.#failure?.failureClass ?? null,
      error: this.#failure?.message ?? null,
    };
  }
}
