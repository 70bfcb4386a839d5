import { textTable } from "../../output/text-table.ts";
import { printable } from "../../output/text-width.ts";
import type { EnrollmentSummary } from "../../service/enrollment-summary.ts";
import type { RegistrationCounts } from "../../service/registration-counts.ts";

/** What stands where the enrollment sets nothing. */
const BY_DPS = "as the DPS instance does";

/** Enrollments as a table. */
export function enrollmentTable(all: readonly EnrollmentSummary[]): string {
  return textTable(
    ["KIND", "NAME", "STATUS", "ATTESTATION", "ALLOCATION", "HUBS"],
    all.map(({ kind, id, status, attestation, allocation, hubs }) => [
      kind,
      id,
      status,
      attestation,
      allocation ?? "-",
      hubs.join(", ") || "all",
    ]),
  );
}

/** One enrollment with all that it says. */
export function enrollmentText(
  enrollment: EnrollmentSummary,
  registrations: RegistrationCounts,
): string {
  const { kind, initialTwin } = enrollment;
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    [kind === "group" ? "enrollment group" : "individual enrollment", enrollment.id],
    ["status", enrollment.status],
    ["attestation", enrollment.attestation],
    ...enrollment.certificates.map(
      ({ slot, subject, sha1, notAfter }) =>
        [
          slot,
          `${subject ?? "a certificate"}, SHA-1 ${sha1 ?? "unknown"}, until ${notAfter?.slice(0, 10) ?? "unknown"}`,
        ] as const,
    ),
    ["CA certificates", enrollment.caReferences.join(", ") || null],
    ["device id", kind === "group" ? null : (enrollment.deviceId ?? "the registration id")],
    ["allocation", enrollment.allocation ?? BY_DPS],
    ["webhook", enrollment.webhook],
    ["hubs", enrollment.hubs.join(", ") || "all linked ones"],
    ["reprovisioning", enrollment.reprovision ?? BY_DPS],
    ["IoT Edge", enrollment.iotEdge ? "yes" : null],
    ["initial tags", JSON.stringify(initialTwin.tags)],
    ["initial desired", JSON.stringify(initialTwin.properties.desired)],
    ["registrations", countsText(registrations)],
    ["created", enrollment.created],
    ["changed", enrollment.updated],
    ["ETag", enrollment.etag],
  ];
  const shown = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join("");
}

function countsText({ total, byStatus }: RegistrationCounts): string {
  const parts = Object.entries(byStatus).map(([status, count]) => `${count} ${status}`);
  return parts.length === 0 ? String(total) : `${total} (${parts.join(", ")})`;
}
