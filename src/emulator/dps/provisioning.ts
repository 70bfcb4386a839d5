import type { X509Certificate } from "node:crypto";
import type { Json } from "../../base/json.ts";
import { ServiceFault } from "../fault.ts";
import { normalizeThumbprint } from "../peer-certificate.ts";
import type { Surroundings } from "../surroundings.ts";
import { allocateHashed } from "./allocation.ts";
import { findSigningEntry } from "./chain.ts";
import type { EnrollmentGroup, EnrollmentGroups } from "./enrollment-groups.ts";
import type { HubLink } from "./hub-link.ts";
import type { Proof } from "./proof.ts";
import type { Registration, Registrations, Substatus } from "./registrations.ts";

export interface RegisterRequest {
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  /** Its names fit the registration id (`proofNames`). */
  readonly proof: Proof;
  readonly payload: Json | undefined;
}

export type RegisterOutcome =
  { readonly kind: "disabled" } | { readonly kind: "accepted"; readonly operationId: string };

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
  readonly #groups: EnrollmentGroups;
  readonly #registrations: Registrations;
  readonly #hubs: ReadonlyMap<string, HubLink>;
  readonly #verifiedCas: readonly X509Certificate[] | undefined;
  /** The latest operation per registration id; an older one is not found any more. */
  readonly #operations = new Map<string, Operation>();

  constructor(options: {
    readonly around: Surroundings;
    readonly groups: EnrollmentGroups;
    readonly registrations: Registrations;
    readonly hubs: readonly HubLink[];
    readonly verifiedCas: readonly X509Certificate[] | undefined;
  }) {
    this.#around = options.around;
    this.#groups = options.groups;
    this.#registrations = options.registrations;
    this.#hubs = new Map(options.hubs.map((hub) => [hub.hostName, hub]));
    this.#verifiedCas = options.verifiedCas;
  }

  /** @throws {ServiceFault} `certificateRefused` where the chain leads to no enrollment */
  register(request: RegisterRequest): RegisterOutcome {
    const now = this.#around.clock();
    if (request.proof.kind === "token") throw new ServiceFault("dpsUnauthorized", "Unauthorized");
    const { chain } = request.proof;
    const verdict = findSigningEntry(chain, this.#groups.all(), {
      nowMs: now,
      verifiedCas: this.#verifiedCas,
    });
    if (verdict.found === undefined) throw new ServiceFault("certificateRefused", verdict.message);
    if (!verdict.found.enabled) return { kind: "disabled" };
    const record = this.#registrations.write(this.#assign(request, verdict.found, chain));
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

  #assign(
    request: RegisterRequest,
    group: EnrollmentGroup,
    chain: readonly X509Certificate[],
  ): Parameters<Registrations["write"]>[0] {
    const { registrationId } = request;
    const record = this.#registrations.find(registrationId);
    const before = record?.assignedHub;
    // Registration ids are case-insensitive and device ids are not: another spelling is no second device.
    const deviceId = record?.deviceId ?? registrationId;
    const keeps = before !== undefined && !group.reprovision.updateHubAssignment;
    const hub = this.#hubs.get((keeps ? before : this.#allocate(registrationId, group)) ?? "");
    const base = {
      registrationId,
      enrollmentGroupId: group.enrollmentGroupId,
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
    const moved = before !== undefined && before !== hub.hostName;
    const taken = moved ? this.#hubs.get(before)?.release(deviceId) : undefined;
    hub.provision({
      deviceId,
      thumbprint: normalizeThumbprint(chain[0]?.fingerprint ?? ""),
      iotEdge: group.iotEdge,
      seed: (group.reprovision.migrateDeviceData ? taken : undefined) ?? group.initialTwin,
    });
    return {
      ...base,
      status: "assigned",
      assignedHub: hub.hostName,
      deviceId,
      substatus: substatusOf(request, group, { first: before === undefined, moved }),
    };
  }

  #allocate(registrationId: string, group: EnrollmentGroup): string | undefined {
    const named = group.iotHubs.filter((hub) => this.#hubs.has(hub));
    const candidates = group.iotHubs.length > 0 ? named : [...this.#hubs.keys()];
    // Here every hub has the same latency; with Azure too, ties are hashed.
    return group.allocationPolicy === "static"
      ? candidates[0]
      : allocateHashed(registrationId, candidates);
  }
}

/** Source: Azure/azure-rest-api-specs, device.json 2021-10-01; older API versions do not know the fourth value. */
function substatusOf(
  request: RegisterRequest,
  group: EnrollmentGroup,
  at: { readonly first: boolean; readonly moved: boolean },
): Substatus {
  if (at.moved)
    return group.reprovision.migrateDeviceData ? "deviceDataMigrated" : "deviceDataReset";
  if (at.first || (request.apiVersion ?? "") < "2021") return "initialAssignment";
  return "reprovisionedToInitialAssignment";
}
