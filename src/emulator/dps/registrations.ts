import type { Json } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import { newEtag, requireMatch } from "../etag.ts";
import { ServiceFault } from "../fault.ts";
import type { Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import { registrationCodec } from "./registration-codec.ts";

export type Substatus =
  | "initialAssignment"
  | "deviceDataMigrated"
  | "deviceDataReset"
  | "reprovisionedToInitialAssignment";

/** What DPS keeps of a registration id (swagger: DeviceRegistrationState). */
export interface Registration {
  readonly registrationId: string;
  /** Undefined where an individual enrollment applied. */
  readonly enrollmentGroupId: string | undefined;
  readonly attestation: "x509" | "symmetricKey";
  readonly createdDateTimeUtc: string;
  readonly assignedHub: string | undefined;
  readonly deviceId: string | undefined;
  /** While it is `assigning`, hub and device id are those from before. */
  readonly status: "assigning" | "assigned" | "failed";
  readonly substatus: Substatus | undefined;
  readonly errorCode: number | undefined;
  readonly errorMessage: string | undefined;
  readonly lastUpdatedDateTimeUtc: string;
  readonly etag: string;
  readonly payload: Json | undefined;
}

export type RegistrationOutcome = Omit<
  Registration,
  "createdDateTimeUtc" | "lastUpdatedDateTimeUtc" | "etag"
>;

/** The registration records of a DPS instance; registration ids are case-insensitive. */
export class Registrations {
  readonly #around: Surroundings;
  readonly #byId: Table<Registration>;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#byId = around.state.table("dps/registrations", registrationCodec);
  }

  find(registrationId: string): Registration | undefined {
    return this.#byId.get(registrationId.toLowerCase());
  }

  /** @throws {ServiceFault} `registrationNotFound` */
  get(registrationId: string): Registration {
    const record = this.find(registrationId);
    if (record === undefined)
      throw new ServiceFault("registrationNotFound", "Device registration not found.");
    return record;
  }

  write(outcome: RegistrationOutcome): Registration {
    const now = azureDate(this.#around.stamp());
    const record: Registration = {
      ...outcome,
      createdDateTimeUtc: this.find(outcome.registrationId)?.createdDateTimeUtc ?? now,
      lastUpdatedDateTimeUtc: now,
      etag: newEtag(this.#around.newId()),
    };
    this.#byId.set(outcome.registrationId.toLowerCase(), record);
    return record;
  }

  /** @throws {ServiceFault} `registrationNotFound`, `preconditionFailed` */
  delete(registrationId: string, ifMatch: string | undefined): void {
    requireMatch(ifMatch, this.get(registrationId).etag);
    this.#byId.delete(registrationId.toLowerCase());
  }

  ofGroup(enrollmentGroupId: string): readonly Registration[] {
    const group = enrollmentGroupId.toLowerCase();
    return [...this.#byId.values()].filter((r) => r.enrollmentGroupId?.toLowerCase() === group);
  }
}
