import type { FastifyRequest } from "fastify";
import { runBulkOperation } from "../../dps/bulk-enrollments.ts";
import type { Enrollment, EnrollmentKind, EnrollmentSettings } from "../../dps/enrollments.ts";
import type { Registration } from "../../dps/registrations.ts";
import type { ApiScope } from "../api-server.ts";
import { attestationDocument } from "./attestation-mechanism.ts";
import { asksVariant } from "../gated-routes.ts";
import { bulkResult, parseBulkOperation } from "./bulk-enrollment-body.ts";
import type { DpsApiOptions } from "./dps-routes.ts";
import { enrollmentDocument, parseEnrollment } from "./enrollment-document.ts";
import { requireQueryOfAll } from "./enrollment-query.ts";
import { pageOf } from "../paging.ts";
import { headerOf, pageRequestOf, sendJson, sendNothing, sendPage } from "../replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/**
 * What differs between individual enrollments and groups: the path, what queries call them, what pages say they hold, and
 * what resource logs call them.
 */
const KINDS = [
  {
    kind: "individual",
    path: "/enrollments",
    itemType: "enrollment",
    logType: "IndividualEnrollment",
  },
  {
    kind: "group",
    path: "/enrollmentGroups",
    itemType: "enrollmentGroup",
    logType: "EnrollmentGroup",
  },
] as const;

/** Individual enrollments and enrollment groups. */
export function enrollmentRoutes(api: ApiScope, options: DpsApiOptions): void {
  for (const one of KINDS) routesOf(api, options, one);
}

function routesOf(
  api: ApiScope,
  options: DpsApiOptions,
  { kind, path, itemType, logType }: (typeof KINDS)[number],
): void {
  const { enrollments, registrations, around } = options;
  const shown = (enrollment: Enrollment, record?: Registration) =>
    enrollmentDocument(enrollment, { keys: around.limits.enrollmentKeysShown, record });
  const withRecord = (enrollment: Enrollment) =>
    shown(enrollment, kind === "individual" ? registrations.find(enrollment.id) : undefined);
  const read = (id: string, body: unknown): EnrollmentSettings =>
    readEnrollment(kind, id, body, options);

  api.put<ById>(
    `${path}/:id`,
    asksVariant(logType, "writeEnrollment", "EnrollmentWrite"),
    async (request, reply) => {
      const settings = read(request.params.id, request.body);
      const written = enrollments.put(settings, headerOf(request, "if-match"));
      await sendJson(reply, 200, withRecord(written));
    },
  );
  api.get<ById>(
    `${path}/:id`,
    asksVariant(logType, "readEnrollment", "EnrollmentRead"),
    async (request, reply) => {
      await sendJson(reply, 200, withRecord(enrollments.get(kind, request.params.id)));
    },
  );
  api.delete<ById>(
    `${path}/:id`,
    asksVariant(logType, "deleteEnrollment", "EnrollmentWrite"),
    async (request, reply) => {
      enrollments.delete(kind, request.params.id, headerOf(request, "if-match"));
      await sendNothing(reply);
    },
  );
  const mechanism = `${path}/:id/attestationmechanism`;
  api.post<ById>(
    mechanism,
    asksVariant(logType, "readEnrollment", "EnrollmentWrite"),
    async (request, reply) => {
      const { attestation } = enrollments.get(kind, request.params.id);
      await sendJson(reply, 200, attestationDocument(attestation, kind, { keys: true }));
    },
  );
  api.post(
    path,
    asksVariant(logType, "writeEnrollment", "EnrollmentWrite"),
    async (request: FastifyRequest, reply) => {
      const bulk = parseBulkOperation(kind, request.body, read);
      await sendJson(reply, 200, bulkResult(kind, runBulkOperation(enrollments, kind, bulk)));
    },
  );
  api.post(
    `${path}/query`,
    asksVariant(logType, "queryEnrollments", "EnrollmentRead"),
    async (request: FastifyRequest, reply) => {
      requireQueryOfAll(request.body, [path.slice(1).toLowerCase()]);
      const all = enrollments.all(kind);
      const page = pageOf(all, ({ id }) => id.toLowerCase(), pageRequestOf(request, around.limits));
      // Without registration states, also for individual enrollments (Azure/azure-iot-sdk-csharp #3478).
      const items = page.items.map((enrollment) => shown(enrollment));
      await sendPage(reply, { ...page, items }, itemType);
    },
  );
}

function readEnrollment(
  kind: EnrollmentKind,
  id: string,
  body: unknown,
  { linkedHubs, cas, around }: DpsApiOptions,
): EnrollmentSettings {
  return parseEnrollment(kind, id, body, {
    linkedHubs: linkedHubs.hostNames,
    isVerifiedCa: (name) => cas.verified(name) !== undefined,
    limits: around.limits,
  });
}
