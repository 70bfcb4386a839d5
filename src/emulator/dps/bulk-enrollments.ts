import { ServiceFault, attempt } from "../fault.ts";
import type { EnrollmentKind, EnrollmentSettings, Enrollments } from "./enrollments.ts";

/** Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), BulkEnrollmentOperation. */
export type BulkMode = "create" | "update" | "updateIfMatchETag" | "delete";

/** One entry of a bulk call. */
export interface BulkEntry {
  readonly id: string;
  readonly etag: string | undefined;
  /** What is to be written, or what is wrong with it; not looked at where the entry is to be deleted. */
  readonly settings: EnrollmentSettings | ServiceFault;
}

export interface BulkEnrollmentError {
  readonly id: string;
  readonly fault: ServiceFault;
}

/**
 * Does the same with many entries of one kind; each stands for itself, what fails does not keep others.
 *
 * @returns what failed, in the order of `entries`
 * @throws {ServiceFault} `tooManyEnrollments`, `enrollmentDefinedTwice`; nothing is done then
 */
export function runBulkOperation(
  enrollments: Enrollments,
  kind: EnrollmentKind,
  bulk: { readonly mode: BulkMode; readonly entries: readonly BulkEntry[] },
): readonly BulkEnrollmentError[] {
  const max = enrollments.limits.bulkEnrollmentsMax;
  if (bulk.entries.length > max)
    throw new ServiceFault("tooManyEnrollments", `At most ${max} enrollments in one call.`);
  const ids = bulk.entries.map(({ id }) => id.toLowerCase());
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new ServiceFault("enrollmentDefinedTwice", `${twice} is in the list twice.`);
  return bulk.entries.flatMap((entry) => {
    const outcome = attempt(() => perform(enrollments, kind, bulk.mode, entry));
    return outcome instanceof ServiceFault ? [{ id: entry.id, fault: outcome }] : [];
  });
}

function perform(
  enrollments: Enrollments,
  kind: EnrollmentKind,
  mode: BulkMode,
  { id, etag, settings }: BulkEntry,
): void {
  if (mode === "delete") return enrollments.delete(kind, id, undefined);
  if (settings instanceof ServiceFault) throw settings;
  if (mode === "create") return void enrollments.create(settings);
  enrollments.get(kind, id);
  // A comparison needs something to compare (`?`).
  if (mode === "updateIfMatchETag" && !etag)
    throw new ServiceFault("invalidEnrollment", "etag: this mode needs it.");
  enrollments.put(settings, mode === "update" ? "*" : etag);
}
