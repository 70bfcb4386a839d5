import { registrationStateOf } from "../../dps/bodies.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import type { DpsApiOptions } from "./dps-routes.ts";
import { requireQueryOfAll } from "./enrollment-query.ts";
import { pageOf } from "../paging.ts";
import { headerOf, pageRequestOf, sendJson, sendNothing, sendPage } from "../replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/** What a query may name: Microsoft's C# sample asks for the registrations of a group with the query of groups. */
const SOURCES = ["registrations", "enrollments", "enrollmentgroups"];

/** The records of registrations: read, forgotten, listed by the group that they belong to. */
export function registrationRoutes(
  api: ApiScope,
  { enrollments, registrations, around }: DpsApiOptions,
): void {
  const path = "/registrations/:id";
  api.get<ById>(
    path,
    asks("readRegistration", "RegistrationStatusRead"),
    async (request, reply) => {
      await sendJson(reply, 200, registrationStateOf(registrations.get(request.params.id)));
    },
  );
  api.delete<ById>(
    path,
    asks("deleteRegistration", "RegistrationStatusWrite"),
    async (request, reply) => {
      registrations.delete(request.params.id, headerOf(request, "if-match"));
      await sendNothing(reply);
    },
  );
  api.post<ById>(
    `${path}/query`,
    asks("queryRegistrations", "RegistrationStatusRead"),
    async (request, reply) => {
      requireQueryOfAll(request.body, SOURCES);
      const page = pageOf(
        registrations.ofGroup(enrollments.get("group", request.params.id).id),
        ({ registrationId }) => registrationId.toLowerCase(),
        pageRequestOf(request, around.limits),
      );
      const items = page.items.map(registrationStateOf);
      await sendPage(reply, { ...page, items }, "deviceRegistration");
    },
  );
}
