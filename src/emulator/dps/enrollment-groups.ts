import type { X509Certificate } from "node:crypto";
import type { JsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import { newEtag, requireMatch } from "../etag.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";

export type AllocationPolicy = "hashed" | "geoLatency" | "static";

/** What a service client may set of an enrollment group. */
export interface EnrollmentGroupSettings {
  readonly enrollmentGroupId: string;
  /** Primary first. */
  readonly certificates: readonly X509Certificate[];
  readonly enabled: boolean;
  readonly initialTwin: { readonly tags: JsonObject; readonly desired: JsonObject };
  readonly iotEdge: boolean;
  readonly reprovision: {
    readonly updateHubAssignment: boolean;
    readonly migrateDeviceData: boolean;
  };
  readonly allocationPolicy: AllocationPolicy | undefined;
  readonly iotHubs: readonly string[];
}

export interface EnrollmentGroup extends EnrollmentGroupSettings {
  readonly etag: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
}

/** The enrollment groups of a DPS instance. Ids differ in more than case. */
export class EnrollmentGroups {
  readonly #around: Surroundings;
  readonly #byId = new Map<string, EnrollmentGroup>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /**
   * Creates or replaces a group.
   *
   * @throws {ServiceFault} where `ifMatch` does not fit, or a certificate is in another group already
   */
  put(settings: EnrollmentGroupSettings, ifMatch: string | undefined): EnrollmentGroup {
    const key = settings.enrollmentGroupId.toLowerCase();
    const before = this.#byId.get(key);
    requireMatch(ifMatch, before?.etag);
    this.#requireFreeCertificates(settings);
    const now = azureDate(this.#around.clock());
    const group: EnrollmentGroup = {
      ...settings,
      etag: newEtag(this.#around.newId()),
      createdDateTimeUtc: before?.createdDateTimeUtc ?? now,
      lastUpdatedDateTimeUtc: now,
    };
    this.#byId.set(key, group);
    return group;
  }

  /** @throws {ServiceFault} `groupNotFound` */
  get(enrollmentGroupId: string): EnrollmentGroup {
    const group = this.#byId.get(enrollmentGroupId.toLowerCase());
    if (group === undefined) throw new ServiceFault("groupNotFound", "Enrollment group not found.");
    return group;
  }

  /** @throws {ServiceFault} `groupNotFound`, `preconditionFailed` */
  delete(enrollmentGroupId: string, ifMatch: string | undefined): void {
    requireMatch(ifMatch, this.get(enrollmentGroupId).etag);
    this.#byId.delete(enrollmentGroupId.toLowerCase());
  }

  all(): readonly EnrollmentGroup[] {
    return [...this.#byId.values()];
  }

  /** One certificate may be in one entry only (Microsoft Learn, "X.509 certificate attestation"). */
  #requireFreeCertificates(settings: EnrollmentGroupSettings): void {
    const own = settings.enrollmentGroupId.toLowerCase();
    const wanted = new Set(settings.certificates.map((ca) => ca.fingerprint256));
    for (const [key, group] of this.#byId)
      if (key !== own && group.certificates.some((ca) => wanted.has(ca.fingerprint256)))
        throw new ServiceFault(
          "groupConflict",
          `The certificate is already used by enrollment group ${group.enrollmentGroupId}.`,
        );
  }
}
