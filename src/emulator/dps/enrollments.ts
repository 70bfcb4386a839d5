import type { X509Certificate } from "node:crypto";
import type { JsonObject } from "../../base/json.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { azureDate } from "../azure-time.ts";
import { newEtag, requireMatch } from "../etag.ts";
import type { FaultKind } from "../fault.ts";
import { ServiceFault } from "../fault.ts";
import type { NewKey } from "../random-key.ts";
import type { Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import type { BuiltInPolicy } from "./allocation.ts";
import { enrollmentCodec } from "./enrollment-codec.ts";
import type { ReprovisionPolicy } from "./reprovisioning.ts";
import type { SymmetricKeys } from "./symmetric-keys.ts";
import { newSymmetricKey } from "./symmetric-keys.ts";

/** `individual` is for one registration id, `group` for all devices of a signing certificate or a group key. */
export type EnrollmentKind = "individual" | "group";

/** `custom` asks a webhook. */
export type AllocationPolicy = BuiltInPolicy | "custom";

/** The webhook of an enrollment, by the names of the REST API. */
export interface CustomAllocationDefinition {
  /** http or https; it may carry a key. */
  readonly webhookUrl: string;
  readonly apiVersion: string;
}

/** Leaf certificates of an individual enrollment, signing certificates of a group; at least one. */
export interface X509Attestation {
  readonly type: "x509";
  readonly primary: X509Certificate | undefined;
  readonly secondary: X509Certificate | undefined;
}

/** A group that names verified CA certificates of the DPS instance in place of holding signing certificates. */
export interface CaReferenceAttestation {
  readonly type: "x509";
  /** At least one name. */
  readonly caReferences: {
    readonly primary: string | undefined;
    readonly secondary: string | undefined;
  };
}

/** How the devices of an enrollment prove who they are. */
export type Attestation =
  X509Attestation | CaReferenceAttestation | ({ readonly type: "symmetricKey" } & SymmetricKeys);

/** What a service client may set of an enrollment. */
export interface EnrollmentSettings {
  readonly kind: EnrollmentKind;
  /** Registration id or group id. */
  readonly id: string;
  /** A key that is missing is kept from the entry as it was, or made. */
  readonly attestation:
    | X509Attestation
    | CaReferenceAttestation
    | ({ readonly type: "symmetricKey" } & Partial<SymmetricKeys>);
  /** Only of individual enrollments; undefined = the registration id. */
  readonly deviceId: string | undefined;
  /** Only of individual enrollments; kept for the service, of no effect. */
  readonly optionalDeviceInformation: JsonObject | undefined;
  readonly enabled: boolean;
  readonly initialTwin: { readonly tags: JsonObject; readonly desired: JsonObject };
  readonly iotEdge: boolean;
  /** undefined = none is set: see `reprovisionPolicyOf`. */
  readonly reprovisionPolicy: ReprovisionPolicy | undefined;
  /** undefined = that of the DPS instance. */
  readonly allocationPolicy: AllocationPolicy | undefined;
  /** In lower case; empty = all linked ones. */
  readonly iotHubs: readonly string[];
  /** There where the policy is `custom`. */
  readonly customAllocation: CustomAllocationDefinition | undefined;
}

export interface Enrollment extends EnrollmentSettings {
  readonly attestation: Attestation;
  readonly etag: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
}

const WORDS = {
  individual: {
    name: "individual enrollment",
    gone: "enrollmentNotFound",
    taken: "enrollmentConflict",
  },
  group: { name: "enrollment group", gone: "groupNotFound", taken: "groupConflict" },
} as const satisfies Record<EnrollmentKind, { name: string; gone: FaultKind; taken: FaultKind }>;

/** The enrollments of a DPS instance, both kinds. Ids of one kind differ in more than case. */
export class Enrollments {
  readonly #around: Surroundings;
  readonly #byKind: Readonly<Record<EnrollmentKind, Table<Enrollment>>>;
  /** Who has a certificate, by its SHA-256, or names a CA certificate of the instance. */
  readonly #holders = new Map<string, { readonly kind: EnrollmentKind; readonly id: string }>();

  constructor(around: Surroundings) {
    this.#around = around;
    const { state } = around;
    this.#byKind = {
      individual: state.table("dps/enrollments", enrollmentCodec),
      group: state.table("dps/enrollment-groups", enrollmentCodec),
    };
    for (const entries of Object.values(this.#byKind))
      for (const enrollment of entries.values()) this.#hold(enrollment);
  }

  get limits(): EmulatorLimits {
    return this.#around.limits;
  }

  find(kind: EnrollmentKind, id: string): Enrollment | undefined {
    return this.#byKind[kind].get(id.toLowerCase());
  }

  /** @throws {ServiceFault} `enrollmentNotFound`, `groupNotFound` */
  get(kind: EnrollmentKind, id: string): Enrollment {
    const found = this.find(kind, id);
    const { name, gone } = WORDS[kind];
    if (found === undefined)
      throw new ServiceFault(gone, `${name[0]?.toUpperCase()}${name.slice(1)} not found.`);
    return found;
  }

  all(kind: EnrollmentKind): readonly Enrollment[] {
    return [...this.#byKind[kind].values()];
  }

  /** Creates an entry. @throws {ServiceFault} as `put`, and where its id is taken */
  create(settings: EnrollmentSettings): Enrollment {
    const { kind, id } = settings;
    const { name, taken } = WORDS[kind];
    if (this.find(kind, id) !== undefined)
      throw new ServiceFault(taken, `There is already an ${name} ${id}.`);
    return this.put(settings, undefined);
  }

  /**
   * Creates or replaces an entry.
   *
   * @throws {ServiceFault} where `ifMatch` does not fit, another entry of the instance has a certificate of it, or
   * there is no room (`dpsQuotaExceeded`)
   */
  put(settings: EnrollmentSettings, ifMatch: string | undefined): Enrollment {
    const before = this.find(settings.kind, settings.id);
    requireMatch(ifMatch, before?.etag);
    this.#requireFreeCertificates(settings);
    this.#requireRoom(settings);
    const now = azureDate(this.#around.stamp());
    const enrollment: Enrollment = {
      ...settings,
      attestation: withKeys(settings.attestation, before?.attestation, this.#around.newKey),
      etag: newEtag(this.#around.newId()),
      createdDateTimeUtc: before?.createdDateTimeUtc ?? now,
      lastUpdatedDateTimeUtc: now,
    };
    if (before !== undefined) this.#letGo(before);
    this.#byKind[settings.kind].set(settings.id.toLowerCase(), enrollment);
    this.#hold(enrollment);
    return enrollment;
  }

  /** Registration records stay. @throws {ServiceFault} `enrollmentNotFound`, `groupNotFound`, `preconditionFailed` */
  delete(kind: EnrollmentKind, id: string, ifMatch: string | undefined): void {
    const before = this.get(kind, id);
    requireMatch(ifMatch, before.etag);
    this.#letGo(before);
    this.#byKind[kind].delete(id.toLowerCase());
  }

  /** The group that names a CA certificate of the instance. */
  referringTo(caName: string): Enrollment | undefined {
    const holder = this.#holders.get(referenceKey(caName));
    return holder === undefined ? undefined : this.find(holder.kind, holder.id);
  }

  /** Source: Microsoft Learn, "Azure subscription and service limits", IoT Hub Device Provisioning Service limits. */
  #requireRoom({ kind, id, attestation: { type } }: EnrollmentSettings): void {
    const { enrollmentsMax, x509GroupsMax, symmetricKeyGroupsMax } = this.#around.limits;
    const max =
      kind === "individual"
        ? enrollmentsMax
        : { x509: x509GroupsMax, symmetricKey: symmetricKeyGroupsMax }[type];
    const entries = this.#byKind[kind];
    if (entries.size < max) return;
    let others = 0;
    for (const [key, other] of entries)
      if (key !== id.toLowerCase() && (kind === "individual" || other.attestation.type === type))
        others += 1;
    if (others >= max)
      throw new ServiceFault("dpsQuotaExceeded", `There are ${max} of this kind already.`);
  }

  #hold(enrollment: Enrollment): void {
    for (const held of heldBy(enrollment.attestation)) this.#holders.set(held, enrollment);
  }

  #letGo(enrollment: Enrollment): void {
    for (const held of heldBy(enrollment.attestation)) this.#holders.delete(held);
  }

  /** One certificate may be in one entry only (Microsoft Learn, "X.509 certificate attestation"). */
  #requireFreeCertificates({ kind, id, attestation }: EnrollmentSettings): void {
    for (const held of heldBy(attestation)) {
      const holder = this.#holders.get(held);
      if (holder === undefined) continue;
      if (holder.kind === kind && holder.id.toLowerCase() === id.toLowerCase()) continue;
      throw new ServiceFault(
        WORDS[kind].taken,
        `The certificate is already used by ${WORDS[holder.kind].name} ${holder.id}.`,
      );
    }
  }
}

/** The certificates that an entry holds, primary first; none where it has keys or names CA certificates. */
export function certificatesOf(
  attestation: EnrollmentSettings["attestation"],
): readonly X509Certificate[] {
  if (attestation.type !== "x509" || "caReferences" in attestation) return [];
  return [attestation.primary, attestation.secondary].filter((one) => one !== undefined);
}

/** The CA certificates that an entry names, primary first. */
export function referencesOf(attestation: EnrollmentSettings["attestation"]): readonly string[] {
  if (attestation.type !== "x509" || !("caReferences" in attestation)) return [];
  const { primary, secondary } = attestation.caReferences;
  return [primary, secondary].filter((one) => one !== undefined);
}

/** What no other entry may have. */
function heldBy(attestation: EnrollmentSettings["attestation"]): readonly string[] {
  return [
    ...certificatesOf(attestation).map(({ fingerprint256 }) => fingerprint256),
    ...referencesOf(attestation).map(referenceKey),
  ];
}

/** Apart from every fingerprint. */
const referenceKey = (caName: string): string => `CA certificate ${caName.toLowerCase()}`;

/**
 * GET shows no keys, so an entry that is put back without them keeps those that it has.
 * Source: Microsoft Learn, "Symmetric key attestation": keys that are left out are generated.
 */
function withKeys(
  wanted: EnrollmentSettings["attestation"],
  before: Attestation | undefined,
  newKey: NewKey,
): Attestation {
  if (wanted.type === "x509") return wanted;
  const kept = before?.type === "symmetricKey" ? before : undefined;
  return {
    type: "symmetricKey",
    primaryKey: wanted.primaryKey ?? kept?.primaryKey ?? newSymmetricKey(newKey),
    secondaryKey: wanted.secondaryKey ?? kept?.secondaryKey ?? newSymmetricKey(newKey),
  };
}
