import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceRow } from "../metrics/device-row.ts";
import type { DeviceContext } from "./device-context.ts";
import type { KeptAssignment } from "../plan/plan.ts";
import { LifeState } from "./life-state.ts";
import { MessageAccount } from "./message-account.ts";

type StatusContext = Pick<
  DeviceContext,
  "spec" | "model" | "worker" | "boot" | "recorder" | "clock" | "onChange"
>;

/** What is known of one device in this life of its worker, over all its own boots; gives its row. */
export class DeviceStatus {
  readonly #of: StatusContext;
  readonly state: LifeState;
  readonly messages: MessageAccount;
  deviceId = "";
  hub = "";
  attempts = 0;
  registrationMs: number | null = null;
  connectionMs: number | null = null;
  reconnects = 0;
  /** The device's own time in which it has been sending, ms; undefined before its first message. */
  ageMs: number | undefined;
  #failure: DeviceFailure | undefined;

  constructor(of: StatusContext) {
    this.#of = of;
    this.messages = new MessageAccount(of.spec.firstSeq);
    this.state = new LifeState((from, to, how) => {
      const { recorder, clock, spec, onChange } = of;
      const deviceId = spec.registrationId;
      recorder.event({ type: "state", t: clock(), deviceId, from, to, ...(how && { how }) });
      onChange();
    });
  }

  get boot(): number {
    return this.#of.boot;
  }

  /** The newest failure; `undefined` once the device is well again. */
  set failure(failure: DeviceFailure | undefined) {
    this.#failure = failure;
  }

  /** Where it belongs as far as it knows, for a boot that need not ask DPS again; undefined = it was never told. */
  get assignment(): KeptAssignment | undefined {
    const { hub, deviceId } = this;
    return hub === "" ? undefined : { hub, deviceId };
  }

  get row(): DeviceRow {
    return {
      registrationId: this.#of.spec.registrationId,
      model: this.#of.model.name,
      deviceId: this.deviceId,
      hub: this.hub,
      state: this.state.current,
      boot: this.#of.boot,
      worker: this.#of.worker,
      attempts: this.attempts,
      registrationMs: this.registrationMs,
      connectionMs: this.connectionMs,
      reconnects: this.reconnects,
      ...this.messages.counts,
      wasAssigned: this.hub !== "",
      wasConnected: this.connectionMs !== null,
      isUp: this.state.isUp,
      errorClass: this.#failure?.failureClass ?? null,
      error: this.#failure?.message ?? null,
    };
  }
}
