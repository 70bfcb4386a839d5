import type { Json } from "../../base/json.ts";
import type { VerifiedCas } from "../certificates/ca-store.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import { allocateHashed } from "./allocation.ts";
import type { Attested } from "./attestation.ts";
import { attest } from "./attestation.ts";
import type { Enrollment, Enrollments } from "./enrollments.ts";
import type { HubLink } from "./hub-link.ts";
import type { Proof } from "./proof.ts";
import type {
  Registration,
  RegistrationOutcome,
  Registrations,
  Substatus,
} from "./registrations.ts";

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

export type PollOutcome =
  { readonly kind: "assigning" } | { readonly kind: "finished"; readonly record: Registration };

interface Operation {
  readonly operationId: string;
  readonly readyAtMs: number;
  readonly record: Registration;
}

/** Registers devices: which enrollment, which hub, which twin. */
export class Provisioning {
  readonly #around: Surroundings;
  readonly #enrollments: Enrollments;
  readonly #registrations: Registrations;
  readonly #hubs: ReadonlyMap<string, HubLink>;
  readonly #cas: VerifiedCas;
  /** The latest operation per registration id; an older one is not found any more. */
  readonly #operations = new Map<string, Operation>();

  constructor(options: {
    readonly around: Surroundings;
    readonly enrollments: Enrollments;
    readonly registrations: Registrations;
    readonly hubs: readonly HubLink[];
    readonly cas: VerifiedCas;
  }) {
    this.#around = options.around;
    this.#enrollments = options.enrollments;
    this.#registrations = options.registrations;
    this.#hubs = new Map(options.hubs.map((hub) => [hub.hostName, hub]));
    this.#cas = options.cas;
  }

  /** @throws {ServiceFault} `certificateRefused`, `dpsUnauthorized`, `enrollmentNotFound` */
  register(request: RegisterRequest): RegisterOutcome {
    const now = this.#around.clock();
    const attested = this.#attest(request);
    if (attested.kind === "disabled") return attested;
    const record = this.#registrations.write(this.#assign(request, attested));
    const operationId = `5.${this.#around.newId().replaceAll("-", "").slice(0, 16)}.${this.#around.newId()}`;
    this.#operations.set(request.registrationId.toLowerCase(), {
      operationId,
      readyAtMs: now + this.#around.limits.assignmentMs,
      record,
    });
    return { kind: "accepted", operationId };
  }

  /** @throws {ServiceFault} `operationNotFound` */
  poll(registrationId: string, operationId: string): PollOutcome {
    const operation = this.#operations.get(registrationId.toLowerCase());
    if (operation === undefined || operation.operationId !== operationId)
      throw new ServiceFault("operationNotFound", "Operation not found.");
    return this.#around.clock() < operation.readyAtMs
      ? { kind: "assigning" }
      : { kind: "finished", record: operation.record };
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
    return { kind: "found", record: this.#registrations.get(request.registrationId) };
  }

  #attest(request: Attestable): Attested {
    const { limits, clock } = this.#around;
    return attest(request, this.#enrollments, {
      nowMs: clock(),
      clockSkewS: limits.sasClockSkewS,
      cas: this.#cas,
      requireVerifiedCa: limits.requireVerifiedCa,
    });
  }

  #assign(
    request: RegisterRequest,
    { enrollment, credential }: Extract<Attested, { kind: "enabled" }>,
  ): RegistrationOutcome {
    const { registrationId } = request;
    const record = this.#registrations.find(registrationId);
    const before = record?.assignedHub;
    const keeps = before !== undefined && !enrollment.reprovision.updateHubAssignment;
    // Registration ids are case-insensitive and device ids are not: another spelling is no second device.
    const known = record?.deviceId ?? registrationId;
    const deviceId = keeps ? known : (enrollment.deviceId ?? known);
    const hub = this.#hubs.get((keeps ? before : this.#allocate(registrationId, enrollment)) ?? "");
    const base = {
      registrationId,
      enrollmentGroupId: enrollment.kind === "group" ? enrollment.id : undefined,
      attestation: enrollment.attestation.type,
      payload: undefined,
      deviceId: undefined,
      assignedHub: undefined,
      substatus: undefined,
      errorCode: undefined,
      errorMessage: undefined,
    };
    if (hub === undefined)
      return {
        ...base,
        status: "failed",
        errorCode: 400_208,
        errorMessage: "No linked IoT hub fits the enrollment.",
      };
    // A device id that the enrollment changed is a move too: the identity of the old one must not stay behind.
    const moved = before !== undefined && (before !== hub.hostName || known !== deviceId);
    const taken = moved ? this.#hubs.get(before)?.release(known) : undefined;
    hub.provision({
      deviceId,
      credential,
      iotEdge: enrollment.iotEdge,
      seed:
        (enrollment.reprovision.migrateDeviceData ? taken : undefined) ?? enrollment.initialTwin,
    });
    return {
      ...base,
      status: "assigned",
      assignedHub: hub.hostName,
      deviceId,
      substatus: substatusOf(request, enrollment, {
        first: before === undefined,
        moved,
        sameHub: this.#around.limits.sameHubSubstatus,
      }),
    };
  }

  #allocate(registrationId: string, enrollment: Enrollment): string | undefined {
    const named = enrollment.iotHubs.filter((hub) => this.#hubs.has(hub));
    const candidates = enrollment.iotHubs.length > 0 ? named : [...this.#hubs.keys()];
    // Here every hub has the same latency; with Azure too, ties are hashed.
    return enrollment.allocationPolicy === "static"
      ? candidates[0]
      : allocateHashed(registrationId, candidates);
  }
}

/** Source: Azure/azure-rest-api-specs, device.json 2021-10-01; older API versions do not know the fourth value. */
function substatusOf(
  request: RegisterRequest,
  enrollment: Enrollment,
  at: {
    readonly first: boolean;
    readonly moved: boolean;
    readonly sameHub: EmulatorLimits["sameHubSubstatus"];
  },
): Substatus {
  if (at.moved)
    return enrollment.reprovision.migrateDeviceData ? "deviceDataMigrated" : "deviceDataReset";
  if (at.first) return "initialAssignment";
  if (at.sameHub !== "byApiVersion") return at.sameHub;
  return (request.apiVersion ?? "") < "2021"
    ? "initialAssignment"
    : "reprovisionedToInitialAssignment";
}
