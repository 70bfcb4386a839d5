import type { FastifyReply } from "fastify";
import { registrationStateOf } from "../dps/bodies.ts";
import type { EnrollmentGroups } from "../dps/enrollment-groups.ts";
import type { Registrations } from "../dps/registrations.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ApiScope } from "./api-server.ts";
import { enrollmentGroupDocument, parseEnrollmentGroup } from "./enrollment-document.ts";
import { pageOf } from "./paging.ts";
import { headerOf, sendJson, sendPage } from "./replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

export interface DpsApiOptions {
  readonly around: Surroundings;
  readonly groups: EnrollmentGroups;
  readonly registrations: Registrations;
  readonly linkedHubs: readonly string[];
}

/** The service API of DPS; paths and methods as azure-iot-provisioning-service 1.11 calls them. */
export function dpsRoutes(api: ApiScope, options: DpsApiOptions): void {
  const { groups, registrations, around } = options;
  api.put<ById>("/enrollmentGroups/:id", async (request, reply) => {
    const settings = parseEnrollmentGroup(request.params.id, request.body, {
      linkedHubs: options.linkedHubs,
      limits: around.limits,
    });
    const group = groups.put(settings, headerOf(request, "if-match"));
    await sendJson(reply, 200, enrollmentGroupDocument(group));
  });
  api.get<ById>("/enrollmentGroups/:id", async (request, reply) => {
    await sendJson(reply, 200, enrollmentGroupDocument(groups.get(request.params.id)));
  });
  api.delete<ById>("/enrollmentGroups/:id", async (request, reply) => {
    groups.delete(request.params.id, headerOf(request, "if-match"));
    await noContent(reply);
  });
  api.post("/enrollmentGroups/query", async (request, reply) => {
    const page = pageOf(groups.all(), (group) => group.enrollmentGroupId, paging(request.headers));
    const items = page.items.map(enrollmentGroupDocument);
    await sendPage(reply, { ...page, items }, "EnrollmentGroup");
  });
  api.get<ById>("/registrations/:id", async (request, reply) => {
    await sendJson(reply, 200, registrationStateOf(registrations.get(request.params.id)));
  });
  api.delete<ById>("/registrations/:id", async (request, reply) => {
    registrations.delete(request.params.id, headerOf(request, "if-match"));
    await noContent(reply);
  });
  api.post<ById>("/registrations/:id/query", async (request, reply) => {
    const records = registrations.ofGroup(groups.get(request.params.id).enrollmentGroupId);
    const page = pageOf(records, (record) => record.registrationId, paging(request.headers));
    await sendPage(
      reply,
      { ...page, items: page.items.map(registrationStateOf) },
      "DeviceRegistrationState",
    );
  });

  for (const [method, url] of NOT_BUILT)
    api.route({
      method,
      url,
      handler: () => {
        throw new ServiceFault("notImplemented", "Known in Azure, not in this emulator.");
      },
    });

  function paging(headers: Readonly<Record<string, string | string[] | undefined>>): {
    readonly maxItemCount: string | undefined;
    readonly continuation: string | undefined;
    readonly defaultSize: number;
    readonly maxSize: number;
  } {
    return {
      maxItemCount: headers["x-ms-max-item-count"]?.toString(),
      continuation: headers["x-ms-continuation"]?.toString(),
      defaultSize: around.limits.queryPageSize,
      maxSize: around.limits.queryPageSizeMax,
    };
  }
}

async function noContent(reply: FastifyReply): Promise<void> {
  await reply.code(204).send();
}

const NOT_BUILT = [
  ["POST", "/enrollmentGroups"],
  ["POST", "/enrollmentGroups/:id/attestationmechanism"],
  ["POST", "/enrollments"],
  ["PUT", "/enrollments/:id"],
  ["GET", "/enrollments/:id"],
  ["DELETE", "/enrollments/:id"],
  ["POST", "/enrollments/query"],
  ["POST", "/enrollments/:id/attestationmechanism"],
] as const;
