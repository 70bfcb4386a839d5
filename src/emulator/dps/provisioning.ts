import { setMaxListeners } from "node:events";
import type { Json } from "../../base/json.ts";
import type { VerifiedCas } from "../certificates/ca-store.ts";
import { ServiceFault } from "../fault.ts";
import type { AllocationContext } from "./allocate.ts";
import { assign, assigningOutcome, failedOutcome, failureOf } from "./assign.ts";
import type { Attested } from "./attestation.ts";
import { attest } from "./attestation.ts";
import type { AttestedDevice, EarlierAssignment } from "./attested-device.ts";
import type { TellDpsEvent } from "./dps-event.ts";
import type { Enrollments } from "./enrollments.ts";
import type { AskedAssignment, PollOutcome } from "./operations.ts";
import { Operations } from "./operations.ts";
import type { Proof } from "./proof.ts";
import type { Registration, RegistrationOutcome, Registrations } from "./registrations.ts";
import { reprovisionPolicyOf } from "./reprovisioning.ts";

export interface RegisterRequest {
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  /** Its names fit the registration id (`proofNames`). */
  readonly proof: Proof;
  readonly payload: Json | undefined;
}

/** What attestation looks at. */
export type Attestable = Pick<RegisterRequest, "registrationId" | "proof">;

export type RegisterOutcome =
  { readonly kind: "disabled" } | { readonly kind: "accepted"; readonly operationId: string };

/** A disabled device is told nothing else: its enrollment may shut it out whatever it shows. */
export type LookUpOutcome =
  { readonly kind: "disabled" } | { readonly kind: "found"; readonly record: Registration };

export interface ProvisioningOptions extends Omit<AllocationContext, "signal"> {
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  readonly cas: VerifiedCas;
  readonly tell: TellDpsEvent;
}

/** Registers devices: finds who they are, and lets them be assigned in the background. */
export class Provisioning {
  readonly #options: ProvisioningOptions;
  readonly #operations: Operations;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: ProvisioningOptions) {
    this.#options = options;
    this.#operations = new Operations(options.around);
    // Every registration that waits for a webhook listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** @throws {ServiceFault} `certificateRefused`, `dpsUnauthorized`, `enrollmentNotFound`, `registrationConflict` */
  register(request: RegisterRequest): RegisterOutcome {
    const attested = this.#attest(request);
    const { registrationId, apiVersion, payload } = request;
    const { registrations, tell } = this.#options;
    if (attested.kind === "disabled") {
      tell({ type: "registrationEnded", registrationId, status: "disabled", hub: undefined });
      return attested;
    }
    const { enrollment, credential } = attested;
    const asked = { registrationId, apiVersion, payload, enrollment, credential };
    const operationId = this.#operations.begin(asked);
    const device = this.#deviceOf(asked);
    registrations.write(assigningOutcome(device));
    this.#start(device);
    return { kind: "accepted", operationId };
  }

  /** Begins the assignments anew that had no end when the emulator was stopped. */
  resume(): void {
    const { enrollments, registrations } = this.#options;
    for (const asked of this.#operations.running()) {
      const { registrationId } = asked;
      const enrollment = enrollments.find(asked.enrollment.kind, asked.enrollment.id);
      if (enrollment === undefined) {
        this.#operations.forget(registrationId);
        const record = registrations.find(registrationId);
        if (record !== undefined)
          registrations.write({ ...record, ...failureOf(enrollmentGone(asked)) });
      } else this.#start(this.#deviceOf({ ...asked, enrollment }));
    }
  }

  /** @throws {ServiceFault} `operationNotFound` */
  poll(registrationId: string, operationId: string): PollOutcome {
    return this.#operations.poll(registrationId, operationId);
  }

  /**
   * Whether the proof fits an enrollment, enabled or not: what is told of a registration is told to its device only.
   *
   * @throws {ServiceFault} as `register` does
   */
  authenticate(request: Attestable): void {
    this.#attest(request);
  }

  /** @throws {ServiceFault} `registrationNotFound`, or as `register` does */
  lookUp(request: Attestable): LookUpOutcome {
    const attested = this.#attest(request);
    if (attested.kind === "disabled") return attested;
    return { kind: "found", record: this.#options.registrations.get(request.registrationId) };
  }

  /** Gives up what still waits for a webhook; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  #attest(request: Attestable): Attested {
    const { around, enrollments, cas } = this.#options;
    const { limits, clock } = around;
    return attest(request, enrollments, {
      nowMs: clock(),
      clockSkewS: limits.sasClockSkewS,
      cas,
      requireVerifiedCa: limits.requireVerifiedCa,
    });
  }

  /** @param asked what a device asked for, with its enrollment as it is now */
  #deviceOf(asked: Omit<AttestedDevice, "before" | "policy">): AttestedDevice {
    const { registrationId, enrollment, apiVersion } = asked;
    return {
      ...asked,
      before: earlierAssignment(this.#options.registrations.find(registrationId)),
      policy: reprovisionPolicyOf(enrollment, apiVersion),
    };
  }

  #start(device: AttestedDevice): void {
    const run = this.#assign(device);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run)); // it never rejects
  }

  async #assign(device: AttestedDevice): Promise<void> {
    const { signal } = this.#stopping;
    let outcome: RegistrationOutcome;
    try {
      outcome = await assign({ ...this.#options, signal }, device);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.around.log.error({ component: "dps", err: error }, "assignment failed");
      const fault = new ServiceFault("serverError", "The emulator failed; its log says why.");
      outcome = failedOutcome(device, fault);
    }
    const { registrations, tell } = this.#options;
    const record = registrations.write(outcome);
    const { registrationId } = device;
    this.#operations.finish(registrationId, record);
    if (outcome.status === "assigning") return;
    const hub = outcome.status === "assigned" ? outcome.assignedHub : undefined;
    tell({ type: "registrationEnded", registrationId, status: outcome.status, hub });
  }
}

const enrollmentGone = ({ enrollment: { id } }: AskedAssignment): ServiceFault =>
  new ServiceFault("enrollmentNotFound", `The enrollment ${id} is not there any more.`);

function earlierAssignment(record: Registration | undefined): EarlierAssignment | undefined {
  const { assignedHub: hub, deviceId } = record ?? {};
  return hub === undefined || deviceId === undefined ? undefined : { hub, deviceId };
}
