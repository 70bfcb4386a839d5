import type {
  EnrollmentGroup,
  IndividualEnrollment,
} from "azure-iot-provisioning-service/dist/interfaces.js";

import type {
  AttestationDocument,
  Enrollment,
  EnrollmentDocument,
  EnrollmentKind,
  EnrollmentName,
} from "./enrollment-document.ts";
import {
  attestationDocument,
  enrollmentDocument,
  enrollmentText,
  ID_MEMBER,
} from "./enrollment-document.ts";
import type { OpenProvisioningClient } from "./provisioning-client.ts";
import { openProvisioningClient } from "./provisioning-client.ts";
import { queryPages } from "./query-pages.ts";
import type { ServiceAccess } from "./service-access.ts";
import type { ServiceCallOptions } from "./service-call.ts";
import { serviceCall } from "./service-call.ts";
import { RefusedCall, statusOf } from "./service-error.ts";

/** What all calls of a command share. */
export type CallOptions = Pick<ServiceCallOptions, "signal" | "onThrottled">;

/** Groups and individual enrollments of one DPS instance. Every call may be `REFUSED` or `UNREACHABLE`. */
export interface Enrollments {
  /** Host name of the DPS instance. */
  readonly host: string;
  /** @returns undefined where there is none */
  find(name: EnrollmentName): Promise<Enrollment | undefined>;
  /** All of a kind, a page at a time. */
  list(kind: EnrollmentKind): AsyncGenerator<readonly Enrollment[]>;
  /** Its attestation with symmetric keys, which are secrets. */
  attestationWithKeys(name: EnrollmentName): Promise<AttestationDocument>;
  /**
   * Creates or replaces it.
   *
   * @param ifMatch only the one with this ETag is replaced; undefined = whatever is there
   * @throws {FleetError} `REFUSED`; {@link isStale} tells whether the ETag did not fit
   */
  put(enrollment: Enrollment, ifMatch: string | undefined): Promise<Enrollment>;
  /** @returns false where there was none */
  delete(name: EnrollmentName, ifMatch?: string): Promise<boolean>;
}

/** Whether a refusal says that somebody else changed it meanwhile. */
export const isStale = (error: unknown): boolean =>
  error instanceof RefusedCall && error.refusal.status === 412;

/** Whether a refusal says that it is there already. */
export const isConflict = (error: unknown): boolean =>
  error instanceof RefusedCall && error.refusal.status === 409;

/** A DPS instance whose connections are open. */
export interface OpenEnrollments extends Enrollments {
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

/**
 * Opens the enrollments of a DPS instance.
 *
 * @throws {FleetError} `USAGE` when the connection string is none of a DPS instance
 */
export async function openEnrollments(
  access: ServiceAccess,
  options: CallOptions = {},
): Promise<OpenEnrollments> {
  const opened = await openProvisioningClient(access);
  return { ...enrollmentsOf(opened, options), close: opened.close };
}

/** The enrollments behind an open client; its caller closes that. */
export function enrollmentsOf(
  { client, host }: Pick<OpenProvisioningClient, "client" | "host">,
  options: CallOptions,
): Enrollments {
  const call = <T>(doing: string, name: EnrollmentName, work: () => Promise<T>): Promise<T> =>
    serviceCall({ ...options, what: `${doing} ${enrollmentText(name)} at ${host}` }, work);
  return {
    host,
    find: (name) =>
      call("reading", name, async () => {
        try {
          const { responseBody } = await (name.kind === "group"
            ? client.getEnrollmentGroup(name.id)
            : client.getIndividualEnrollment(name.id));
          return enrollmentOf(name.kind, responseBody);
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }),
    list: async function* (kind) {
      const groups = kind === "group";
      const query = groups
        ? client.createEnrollmentGroupQuery({ query: "SELECT * FROM enrollmentGroups" })
        : client.createIndividualEnrollmentQuery({ query: "SELECT * FROM enrollments" });
      const what = `listing the ${groups ? "enrollment groups" : "individual enrollments"} at ${host}`;
      for await (const page of queryPages(query, (work) => serviceCall({ ...options, what }, work)))
        yield page.map((item) => enrollmentOf(kind, item));
    },
    attestationWithKeys: (name) =>
      call("reading the keys of", name, async () => {
        const { responseBody } = await (name.kind === "group"
          ? client.getEnrollmentGroupAttestationMechanism(name.id)
          : client.getIndividualEnrollmentAttestationMechanism(name.id));
        return attestationDocument.parse(responseBody);
      }),
    put: (enrollment, ifMatch) =>
      call("writing", enrollment, async () => {
        const { kind, id, document } = enrollment;
        // The SDK makes If-Match of the document's own ETag.
        const body = { ...document, [ID_MEMBER[kind]]: id, etag: ifMatch };
        const { responseBody } = await (kind === "group"
          ? client.createOrUpdateEnrollmentGroup(asSent(body))
          : client.createOrUpdateIndividualEnrollment(asSent(body)));
        return enrollmentOf(kind, responseBody);
      }),
    delete: (name, ifMatch) =>
      call("deleting", name, async () => {
        try {
          await (name.kind === "group"
            ? client.deleteEnrollmentGroup(name.id, ifMatch ?? "")
            : client.deleteIndividualEnrollment(name.id, ifMatch ?? ""));
          return true;
        } catch (error) {
          if (statusOf(error) === 404) return false;
          throw error;
        }
      }),
  };
}

/** What the SDK sends as it is. */
function asSent(body: EnrollmentDocument): EnrollmentGroup & IndividualEnrollment {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK's types ask a sender for members that only the service writes
  return body as EnrollmentDocument & EnrollmentGroup & IndividualEnrollment;
}

function enrollmentOf(kind: EnrollmentKind, answer: unknown): Enrollment {
  const { [ID_MEMBER[kind]]: id, ...document } = enrollmentDocument.parse(answer);
  if (typeof id !== "string") throw new TypeError("the service sent an enrollment without an id");
  // A state, no setting: it is not written back.
  delete document["registrationState"];
  return { kind, id, document };
}
