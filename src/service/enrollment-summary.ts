import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import type { HeldCertificate } from "./certificate-slots.ts";
import { heldCertificates } from "./certificate-slots.ts";
import type { Enrollment, EnrollmentDocument } from "./enrollment-document.ts";
import type { ReprovisionName } from "./enrollment-settings.ts";
import { REPROVISION_POLICIES } from "./enrollment-settings.ts";

/** A certificate of an enrollment; what the service does not tell is null. */
export interface CertificateSummary {
  readonly slot: "primary" | "secondary";
  readonly subject: string | null;
  readonly issuer: string | null;
  /** ISO 8601, UTC. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** 40 hex digits, lower case. */
  readonly sha1: string | null;
}

/** An enrollment without secrets, as `enroll show --json` prints it; null = not set, which leaves it to the DPS instance. */
export interface EnrollmentSummary {
  readonly kind: "group" | "individual";
  readonly id: string;
  readonly status: string;
  /** `x509`, `caReferences`, `symmetricKey`, `tpm`. */
  readonly attestation: string;
  readonly certificates: readonly CertificateSummary[];
  /** Names of CA certificates of the DPS instance. */
  readonly caReferences: readonly string[];
  readonly deviceId: string | null;
  readonly allocation: string | null;
  /** Empty = all linked ones. */
  readonly hubs: readonly string[];
  /** Without its query, which may hold a key. */
  readonly webhook: string | null;
  readonly reprovision: ReprovisionName | "custom" | null;
  readonly iotEdge: boolean;
  readonly initialTwin: {
    readonly tags: Readonly<Record<string, unknown>>;
    readonly properties: { readonly desired: Readonly<Record<string, unknown>> };
  };
  readonly etag: string | null;
  readonly created: string | null;
  readonly updated: string | null;
}

/** What an enrollment is like. Never throws. */
export function enrollmentSummary({ kind, id, document }: Enrollment): EnrollmentSummary {
  const { attestation, initialTwin, iotHubs, iotHubHostName } = document;
  const references = attestation.x509?.caReferences;
  return {
    kind,
    id,
    status: document.provisioningStatus ?? "enabled",
    attestation: references ? "caReferences" : (attestation.type ?? "unknown"),
    certificates: heldCertificates(attestation).map(certificateSummary),
    caReferences: [references?.primary, references?.secondary].flatMap((name) => name || []),
    deviceId: document.deviceId || null,
    allocation: document.allocationPolicy ?? null,
    hubs: iotHubs?.length ? iotHubs : iotHubHostName ? [iotHubHostName] : [],
    webhook: webhookText(document.customAllocationDefinition?.webhookUrl),
    reprovision: reprovisionName(document.reprovisionPolicy),
    iotEdge: document.capabilities?.iotEdge ?? false,
    initialTwin: {
      tags: withoutCounters(initialTwin?.tags),
      properties: { desired: withoutCounters(initialTwin?.properties?.desired) },
    },
    etag: document.etag ?? null,
    created: document.createdDateTimeUtc ?? null,
    updated: document.lastUpdatedDateTimeUtc ?? null,
  };
}

/** Members that both have in different ways; ETag and times do not count. */
export function summaryDifferences(
  one: EnrollmentSummary,
  other: EnrollmentSummary,
): readonly (keyof EnrollmentSummary)[] {
  const compared = [
    "status",
    "attestation",
    "certificates",
    "caReferences",
    "deviceId",
    "allocation",
    "hubs",
    "webhook",
    "reprovision",
    "initialTwin",
  ] as const;
  const shown = (summary: EnrollmentSummary, name: (typeof compared)[number]): unknown =>
    name === "certificates"
      ? summary.certificates.map(({ slot, sha1 }) => [slot, sha1])
      : summary[name];
  return compared.filter((name) => !isDeepStrictEqual(shown(one, name), shown(other, name)));
}

function certificateSummary({ slot, document, sha1 }: HeldCertificate): CertificateSummary {
  const { info, certificate } = document;
  const read = info ? undefined : readCertificate(certificate);
  return {
    slot,
    subject: info?.subjectName ?? read?.subject.replaceAll("\n", ", ") ?? null,
    issuer: info?.issuerName ?? read?.issuer.replaceAll("\n", ", ") ?? null,
    notBefore: info?.notBeforeUtc ?? (read ? new Date(read.validFrom).toISOString() : null),
    notAfter: info?.notAfterUtc ?? (read ? new Date(read.validTo).toISOString() : null),
    sha1: sha1 ?? null,
  };
}

function readCertificate(text: string | null | undefined): X509Certificate | undefined {
  try {
    return text ? new X509Certificate(text) : undefined;
  } catch {
    return undefined;
  }
}

function webhookText(url: string | null | undefined): string | null {
  if (!url) return null;
  if (!URL.canParse(url)) return "(not a URL)";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function reprovisionName(
  policy: EnrollmentDocument["reprovisionPolicy"],
): EnrollmentSummary["reprovision"] {
  if (!policy) return null;
  for (const name of ["migrate", "reset", "never"] as const) {
    const { updateHubAssignment, migrateDeviceData } = REPROVISION_POLICIES[name];
    if (
      (policy.updateHubAssignment ?? true) === updateHubAssignment &&
      (policy.migrateDeviceData ?? true) === migrateDeviceData
    )
      return name;
  }
  return "custom";
}

/** The service may send a collection with counters of its own. Source: Azure REST API reference, TwinCollection. */
function withoutCounters(
  section: Readonly<Record<string, unknown>> | null | undefined,
): Readonly<Record<string, unknown>> {
  const { $version: _version, $metadata: _metadata, ...rest } = section ?? {};
  return rest;
}
