import type { FastifyReply } from "fastify";
import type { CaStore } from "../certificates/ca-store.ts";
import { registrationStateOf } from "../dps/bodies.ts";
import type { Enrollment, Enrollments } from "../dps/enrollments.ts";
import type { LinkedHubs } from "../dps/linked-hubs.ts";
import type { Registrations } from "../dps/registrations.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ApiScope } from "./api-server.ts";
import { attestationDocument } from "./attestation-mechanism.ts";
import { needs } from "./authorization.ts";
import { enrollmentDocument, parseEnrollment } from "./enrollment-document.ts";
import { pageOf } from "./paging.ts";
import { headerOf, pageRequestOf, sendJson, sendPage } from "./replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

export interface DpsApiOptions {
  readonly around: Surroundings;
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  readonly linkedHubs: LinkedHubs;
  readonly cas: CaStore;
}

/** The service API of DPS; paths and methods as azure-iot-provisioning-service 1.11 calls them. */
export function dpsRoutes(api: ApiScope, options: DpsApiOptions): void {
  const { enrollments, registrations, around } = options;
  const shown = (enrollment: Enrollment): ReturnType<typeof enrollmentDocument> =>
    enrollmentDocument(enrollment, {
      keys: around.limits.enrollmentKeysShown,
      record: enrollment.kind === "individual" ? registrations.find(enrollment.id) : undefined,
    });
  for (const [kind, path] of KINDS) {
    api.put<ById>(`${path}/:id`, needs("EnrollmentWrite"), async (request, reply) => {
      const settings = parseEnrollment(kind, request.params.id, request.body, {
        linkedHubs: options.linkedHubs.hostNames,
        isVerifiedCa: (name) => options.cas.verified(name) !== undefined,
        limits: around.limits,
      });
      await sendJson(reply, 200, shown(enrollments.put(settings, headerOf(request, "if-match"))));
    });
    api.get<ById>(`${path}/:id`, needs("EnrollmentRead"), async (request, reply) => {
      await sendJson(reply, 200, shown(enrollments.get(kind, request.params.id)));
    });
    api.delete<ById>(`${path}/:id`, needs("EnrollmentWrite"), async (request, reply) => {
      enrollments.delete(kind, request.params.id, headerOf(request, "if-match"));
      await noContent(reply);
    });
    api.post<ById>(
      `${path}/:id/attestationmechanism`,
      needs("EnrollmentWrite"),
      async (request, reply) => {
        const { attestation } = enrollments.get(kind, request.params.id);
        await sendJson(reply, 200, attestationDocument(attestation, kind, { keys: true }));
      },
    );
  }
  api.post("/enrollmentGroups/query", needs("EnrollmentRead"), async (request, reply) => {
    const groups = enrollments.all("group");
    const page = pageOf(groups, (group) => group.id, pageRequestOf(request, around.limits));
    const items = page.items.map(shown);
    await sendPage(reply, { ...page, items }, "EnrollmentGroup");
  });
  api.get<ById>("/registrations/:id", needs("RegistrationStatusRead"), async (request, reply) => {
    await sendJson(reply, 200, registrationStateOf(registrations.get(request.params.id)));
  });
  api.delete<ById>(
    "/registrations/:id",
    needs("RegistrationStatusWrite"),
    async (request, reply) => {
      registrations.delete(request.params.id, headerOf(request, "if-match"));
      await noContent(reply);
    },
  );
  api.post<ById>(
    "/registrations/:id/query",
    needs("RegistrationStatusRead"),
    async (request, reply) => {
      const records = registrations.ofGroup(enrollments.get("group", request.params.id).id);
      const page = pageOf(
        records,
        (record) => record.registrationId,
        pageRequestOf(request, around.limits),
      );
      await sendPage(
        reply,
        { ...page, items: page.items.map(registrationStateOf) },
        "DeviceRegistrationState",
      );
    },
  );

  for (const [method, url] of NOT_BUILT)
    api.route({
      method,
      url,
      ...needs("EnrollmentRead", "EnrollmentWrite"),
      handler: () => {
        throw new ServiceFault("notImplemented", "Known in Azure, not in this emulator.");
      },
    });
}

async function noContent(reply: FastifyReply): Promise<void> {
  await reply.code(204).send();
}

const KINDS = [
  ["individual", "/enrollments"],
  ["group", "/enrollmentGroups"],
] as const;

const NOT_BUILT = [
  ["POST", "/enrollmentGroups"],
  ["POST", "/enrollments"],
  ["POST", "/enrollments/query"],
] as const;
