import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceRow, DeviceState } from "../metrics/device-row.ts";
import type { DeviceContext } from "./device-context.ts";
import { MessageAccount } from "./message-account.ts";

/** What is known of one device in this life of its worker; gives its row. */
export class DeviceStatus {
  readonly #of: Pick<DeviceContext, "spec" | "model" | "worker" | "boot">;
  readonly messages = new MessageAccount();
  deviceId = "";
  hub = "";
  attempts = 0;
  registrationMs: number | null = null;
  connectionMs: number | null = null;
  reconnects = 0;
  #failure: DeviceFailure | undefined;

  constructor(of: Pick<DeviceContext, "spec" | "model" | "worker" | "boot">) {
    this.#of = of;
  }

  get boot(): number {
    return this.#of.boot;
  }

  /** The newest failure; `undefined` once the device is well again. */
  set failure(failure: DeviceFailure | undefined) {
    this.#failure = failure;
  }

  row(state: DeviceState): DeviceRow {
    return {
      registrationId: this.#of.spec.registrationId,
      model: this.#of.model.name,
      deviceId: this.deviceId,
      hub: this.hub,
      state,
      boot: this.#of.boot,
      worker: this.#of.worker,
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
