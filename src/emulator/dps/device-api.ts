import { ServiceFault } from "../fault.ts";
import type { RegisterBody } from "./bodies.ts";
import { assigningBody, deviceResultBody, disabledBody, finishedBody } from "./bodies.ts";
import type { Proof } from "./proof.ts";
import type { Provisioning } from "./provisioning.ts";

/** A device that asks; its proof fits its registration id (`proofNames`). */
export interface AskingDevice {
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  readonly proof: Proof;
}

/** The same over MQTT and HTTPS, except for how status and retry-after are written. */
export interface DeviceAnswer {
  readonly status: 200 | 202;
  /** JSON */
  readonly body: string;
  /** Whether the device is to ask again after the retry-after time. */
  readonly retry: boolean;
}

/**
 * What a device may ask of DPS; every refusal is a `ServiceFault`.
 * Source: Azure/azure-rest-api-specs, DeviceProvisioningServices device.json (2021-10-01).
 */
export class DeviceApi {
  readonly #provisioning: Provisioning;

  constructor(provisioning: Provisioning) {
    this.#provisioning = provisioning;
  }

  /** @throws {ServiceFault} `badRequest`, or as `Provisioning.register` does */
  register(device: AskingDevice, body: RegisterBody): DeviceAnswer {
    const { registrationId, apiVersion, proof } = device;
    const payload = payloadOf(registrationId, body);
    const outcome = this.#provisioning.register({ registrationId, apiVersion, proof, payload });
    return outcome.kind === "disabled"
      ? { status: 200, body: disabledBody(registrationId), retry: false }
      : { status: 202, body: assigningBody(outcome.operationId), retry: true };
  }

  /**
   * How a registration is getting on. The caller calls `authenticate` first, unless the same connection has registered.
   *
   * @throws {ServiceFault} `operationNotFound`
   */
  poll(registrationId: string, operationId: string): DeviceAnswer {
    const outcome = this.#provisioning.poll(registrationId, operationId);
    return outcome.kind === "assigning"
      ? { status: 202, body: assigningBody(operationId, registrationId), retry: true }
      : { status: 200, body: finishedBody(operationId, outcome.record), retry: false };
  }

  /** @throws {ServiceFault} as `Provisioning.register` does */
  authenticate(device: AskingDevice): void {
    this.#provisioning.authenticate(device);
  }

  /**
   * The registration of a device, as DPS has it; with Azure it counts as a registration where those are throttled.
   * Source: Microsoft Learn, "How to reprovision devices", device registration status lookup.
   *
   * @throws {ServiceFault} `badRequest`, `registrationNotFound`, or as `Provisioning.register` does
   */
  lookUp(device: AskingDevice, sent: RegisterBody): DeviceAnswer {
    payloadOf(device.registrationId, sent);
    const outcome = this.#provisioning.lookUp(device);
    const body =
      outcome.kind === "disabled"
        ? JSON.stringify({ registrationId: device.registrationId, status: "disabled" })
        : deviceResultBody(outcome.record);
    return { status: 200, body, retry: false };
  }
}

function payloadOf(
  registrationId: string,
  body: RegisterBody,
): Extract<RegisterBody, { ok: true }>["payload"] {
  if (!body.ok) throw new ServiceFault("badRequest", body.message);
  if ((body.registrationId ?? registrationId).toLowerCase() !== registrationId.toLowerCase())
    throw new ServiceFault("badRequest", "registrationId differs from that of the connection.");
  return body.payload;
}
