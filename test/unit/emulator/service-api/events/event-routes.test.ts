import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { fastify } from "fastify";
import { expect, test } from "vitest";
import { HUB_POLICIES, newPolicies } from "../../../../../src/emulator/access-policy.ts";
import { EventEndpoint } from "../../../../../src/emulator/events/event-endpoint.ts";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { authorize } from "../../../../../src/emulator/service-api/authorization.ts";
import { LineStreams } from "../../../../../src/emulator/service-api/line-streams.ts";
import { eventRoutes } from "../../../../../src/emulator/service-api/events/event-routes.ts";
import { formatSasToken } from "../../../../support/sas-token.ts";
import { logWith, message } from "../../events/stored-events.ts";
import { surroundingsFrom } from "../../../../../src/emulator/surroundings.ts";

const HUB = "hub.azure-devices.net";
const around = surroundingsFrom({ clock: () => 0 });

test("reading takes a policy with the right ServiceConnect", async () => {
  const policies = newPolicies(HUB_POLICIES);
  const endpoint = new EventEndpoint({ name: "events", place: HUB, partitions: 4 }, around);
  const hub = { hostName: HUB, endpoints: new Map([[endpoint.name, endpoint]]) };
  const log = logWith();
  log.append(message(), [endpoint.partitionFor("dev")]);
  await using app: FastifyInstance<Server, IncomingMessage, ServerResponse> = fastify();
  app.setErrorHandler(async (error: unknown, _request, reply) => {
    await reply.code(error instanceof ServiceFault ? error.status : 500).send();
  });
  eventRoutes(app, {
    log,
    hubs: new Map([[HUB, hub]]),
    isAdmin: () => false,
    authorizedHub: (request) => {
      const refuses = { unauthorized: "unauthorized", forbidden: "unauthorizedAccess" } as const;
      authorize(request, { ...refuses, hostName: HUB, policies }, around);
      return hub;
    },
    streams: new LineStreams(),
  });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const statuses: Record<string, number> = {};
  for (const { name, secondaryKey: key } of policies) {
    const authorization = formatSasToken(HUB, { name, key }, 60);
    const answer = await fetch(`${address}/emulator/events`, { headers: { authorization } });
    await answer.text();
    statuses[name] = answer.status;
  }
  expect(statuses).toEqual({
    iothubowner: 200,
    service: 200,
    device: 401,
    registryRead: 401,
    registryReadWrite: 401,
  });
});
