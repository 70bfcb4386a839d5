import type { FastifyRequest } from "fastify";
import { ServiceFault } from "../../fault.ts";
import type { IotHub } from "../../hub/hub.ts";
import { purgeCommands } from "../../hub/commands/purge-commands.ts";
import { sendCommand } from "../../hub/commands/send-command.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import { parseCommandHeaders } from "./command-headers.ts";
import { sendJson } from "../replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/**
 * Cloud-to-device messages. Purging is Azure's own call; sending is this emulator's, since Azure takes them over AMQP
 * alone: the body is the message's, whatever it is, and its properties are headers.
 *
 * @param hubOf the hub that the request's host name means; throws `hubNotFound`
 */
export function commandRoutes(api: ApiScope, hubOf: (request: FastifyRequest) => IotHub): void {
  api.delete<ById>(
    "/devices/:id/commands",
    asks("purgeCommands", "ServiceConnect"),
    async (request, reply) => {
      const { id } = request.params;
      const totalMessagesPurged = purgeCommands(hubOf(request), id);
      await sendJson(reply, 200, { deviceId: id, moduleId: null, totalMessagesPurged });
    },
  );
  // A scope of its own: elsewhere bodies are JSON.
  void api.register(async (scope: ApiScope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    // What is beyond the server's bound for bodies is beyond that for messages too. The hub's scope writes the refusal.
    scope.setErrorHandler((error: unknown) => {
      throw isTooLarge(error)
        ? new ServiceFault("messageTooLarge", "The body is too large for a message.")
        : error;
    });
    scope.post<ById>(
      "/devices/:id/messages/devicebound",
      asks("sendCommand", "ServiceConnect"),
      async (request, reply) => {
        const { body } = request;
        const messageId = sendCommand(hubOf(request), request.params.id, {
          ...parseCommandHeaders(request.raw.rawHeaders),
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        });
        await sendJson(reply, 201, { messageId });
      },
    );
  });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 413;
}
