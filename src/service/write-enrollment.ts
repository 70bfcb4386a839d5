import { FleetError } from "../base/errors.ts";
import type { Enrollment, EnrollmentDocument, EnrollmentName } from "./enrollment-document.ts";
import { enrollmentText } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";
import { isStale } from "./enrollments.ts";
import type { EnrollmentSettings } from "./enrollment-settings.ts";
import { withSettings } from "./enrollment-settings.ts";
import type { EnrollmentSummary } from "./enrollment-summary.ts";
import { enrollmentSummary, summaryDifferences } from "./enrollment-summary.ts";

export interface WriteOptions {
  /** An enrollment that is there is not changed. */
  readonly ifMissing?: boolean | undefined;
  /** Only the one with this ETag is changed. */
  readonly ifMatch?: string | undefined;
}

/** What came of it. */
export interface Written {
  readonly done: "created" | "changed" | "unchanged" | "kept";
  readonly enrollment: Enrollment;
  /** Of one that was kept: in what it is not as it was asked for. */
  readonly differs: readonly (keyof EnrollmentSummary)[];
}

/**
 * Creates an enrollment, or changes of one that is there what `settings` name. What others change meanwhile is never
 * overwritten: the change is then refused.
 *
 * @throws {FleetError} `USAGE` for settings that do not fit; `REFUSED`, `UNREACHABLE`
 */
export async function writeEnrollment(
  enrollments: Enrollments,
  name: EnrollmentName,
  settings: EnrollmentSettings,
  { ifMissing = false, ifMatch }: WriteOptions,
): Promise<Written> {
  const place = `${enrollmentText(name)} at ${enrollments.host}`;
  const found = await enrollments.find(name);
  if (found === undefined) {
    if (ifMatch !== undefined)
      throw new FleetError("REFUSED", `${place} does not exist, so it has no ETag to match`, {
        hint: "leave --if-match out to create it",
      });
    const document = withSettings(name.kind, undefined, settings);
    return {
      done: "created",
      enrollment: await enrollments.put({ ...name, document }, undefined),
      differs: [],
    };
  }
  const wanted = { ...found, document: withSettings(name.kind, found.document, settings) };
  const differs = summaryDifferences(enrollmentSummary(found), enrollmentSummary(wanted));
  if (ifMissing) return { done: "kept", enrollment: found, differs };
  requireEtag(found, ifMatch, place);
  const setsKey = settings.attestation?.type === "symmetricKey" && settings.attestation.primaryKey;
  const setsWebhook = settings.webhookUrl !== undefined;
  if (differs.length === 0 && !setsKey && !setsWebhook)
    return { done: "unchanged", enrollment: found, differs: [] };
  const document = withSettings(name.kind, await writable(enrollments, found), settings);
  const enrollment = await putBack(enrollments, { ...found, document }, place);
  return { done: "changed", enrollment, differs: [] };
}

/**
 * Lets devices in, or shuts them out.
 *
 * @returns whether that changed anything
 * @throws {FleetError} as {@link writeEnrollment}
 */
export async function setEnabled(
  enrollments: Enrollments,
  found: Enrollment,
  { enabled, ifMatch }: { readonly enabled: boolean; readonly ifMatch?: string | undefined },
): Promise<boolean> {
  const place = `${enrollmentText(found)} at ${enrollments.host}`;
  requireEtag(found, ifMatch, place);
  const provisioningStatus = enabled ? "enabled" : "disabled";
  if ((found.document.provisioningStatus ?? "enabled") === provisioningStatus) return false;
  const document = { ...(await writable(enrollments, found)), provisioningStatus };
  await putBack(enrollments, { ...found, document }, place);
  return true;
}

/** A read does not show keys; an enrollment that is put back without them might get new ones. */
async function writable(enrollments: Enrollments, found: Enrollment): Promise<EnrollmentDocument> {
  const { document } = found;
  if (document.attestation.type !== "symmetricKey") return document;
  return { ...document, attestation: await enrollments.attestationWithKeys(found) };
}

function requireEtag({ document }: Enrollment, ifMatch: string | undefined, place: string): void {
  if (ifMatch === undefined || ifMatch === "*" || bare(ifMatch) === bare(document.etag ?? ""))
    return;
  throw stale(place, `it has the ETag ${document.etag ?? "(none)"} now`);
}

/** ETags are the same with and without quotes. */
const bare = (etag: string): string => etag.replaceAll(/^(?:W\/)?"|"$/g, "");

async function putBack(
  enrollments: Enrollments,
  wanted: Enrollment,
  place: string,
): Promise<Enrollment> {
  try {
    return await enrollments.put(wanted, wanted.document.etag ?? undefined);
  } catch (error) {
    if (!isStale(error)) throw error;
    const now = await enrollments.find(wanted);
    const told = now === undefined ? "it is gone" : `it has the ETag ${now.document.etag} now`;
    throw stale(place, told, error);
  }
}

const stale = (place: string, told: string, cause?: unknown): FleetError =>
  new FleetError("REFUSED", `${place} was changed by somebody else: ${told}; nothing was written`, {
    hint: "look at it with `enroll show`, then run this again",
    cause,
  });
