import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";
import type { BulkEnrollmentError, BulkEntry, BulkMode } from "../../dps/bulk-enrollments.ts";
import { ENROLLMENT_ID } from "../../dps/enrollment-record.ts";
import type { EnrollmentKind, EnrollmentSettings } from "../../dps/enrollments.ts";
import { ServiceFault, attempt } from "../../fault.ts";
import { parseBody } from "../replies.ts";

/** The modes in lower case: the Node SDK writes `updateIfMatchEtag`, the specification `updateIfMatchETag`. */
const MODES = {
  create: "create",
  update: "update",
  updateifmatchetag: "updateIfMatchETag",
  delete: "delete",
} as const satisfies Record<string, BulkMode>;

const mode = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["create", "update", "updateifmatchetag", "delete"]))
  .transform((text) => MODES[text]);
const entries = z.array(z.custom<JsonObject>(isJsonObject, "expected an object")).min(1);

const bulk = {
  individual: z.strictObject({ mode, enrollments: entries }),
  group: z.strictObject({ mode, enrollmentGroups: entries }),
};

/**
 * Reads the body of `POST /enrollments` or `POST /enrollmentGroups`; what is wrong with one entry is its fault alone.
 *
 * @param read reads one entry, as for PUT
 * @throws {ServiceFault} `badRequest` where the list cannot be read
 */
export function parseBulkOperation(
  kind: EnrollmentKind,
  body: unknown,
  read: (id: string, entry: JsonObject) => EnrollmentSettings,
): { readonly mode: BulkMode; readonly entries: readonly BulkEntry[] } {
  const sent = kind === "individual" ? listed(body) : listedGroups(body);
  return {
    mode: sent.mode,
    entries: sent.entries.map((entry, at) => {
      const id = entry[ENROLLMENT_ID[kind]];
      if (typeof id !== "string")
        throw new ServiceFault("badRequest", `${at}.${ENROLLMENT_ID[kind]}: expected a string.`);
      const { etag } = entry;
      return {
        id,
        etag: typeof etag === "string" ? etag : undefined,
        settings: attempt(() => read(id, entry)),
      };
    }),
  };
}

interface Listed {
  readonly mode: BulkMode;
  readonly entries: readonly JsonObject[];
}

function listed(body: unknown): Listed {
  const sent = parseBody(bulk.individual, body);
  return { mode: sent.mode, entries: sent.enrollments };
}

function listedGroups(body: unknown): Listed {
  const sent = parseBody(bulk.group, body);
  return { mode: sent.mode, entries: sent.enrollmentGroups };
}

/** Source: service.json (2021-10-01), BulkEnrollmentOperationResult. */
export function bulkResult(
  kind: EnrollmentKind,
  errors: readonly BulkEnrollmentError[],
): Readonly<Record<string, unknown>> {
  return {
    isSuccessful: errors.length === 0,
    errors: errors.map(({ id, fault }) => ({
      [ENROLLMENT_ID[kind]]: id,
      errorCode: fault.code,
      errorStatus: fault.message,
    })),
  };
}
