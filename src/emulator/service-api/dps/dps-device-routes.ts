import { TLSSocket } from "node:tls";
import type { FastifyReply, FastifyRequest } from "fastify";
import { registerBodyOf } from "../../dps/bodies.ts";
import type { AskingDevice, DeviceAnswer } from "../../dps/device-api.ts";
import type { DpsOptions } from "../../dps/dps.ts";
import { proofNames, readProof } from "../../dps/proof.ts";
import { isRegistrationId } from "../../dps/user-name.ts";
import { ServiceFault } from "../../fault.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import { JSON_TYPE, headerOf } from "../replies.ts";

interface ByDevice {
  readonly Params: { readonly idScope: string; readonly registrationId: string };
}
interface ByOperation {
  readonly Params: ByDevice["Params"] & { readonly operationId: string };
}

const DEVICE = "/:idScope/registrations/:registrationId";

/**
 * The device API of DPS over HTTPS. A device shows its certificate in the TLS handshake, or a SAS token in
 * `Authorization`. Paths: Azure/azure-rest-api-specs, DeviceProvisioningServices device.json (2021-10-01); headers:
 * Microsoft Learn, "How to use X.509 certificates over HTTPS without an SDK".
 */
export function dpsDeviceRoutes(api: ApiScope, options: DpsOptions): void {
  const { around, devices } = options;
  const bodyLimit = around.limits.registerMaxBytes;
  api.addHook("onRequest", async (_request, reply) => {
    reply
      .header("x-ms-request-id", around.newId())
      .header("strict-transport-security", "max-age=31536000; includeSubDomains");
  });
  api.put<ByDevice>(
    `${DEVICE}/register`,
    { ...asks("registerDevice"), bodyLimit },
    async (request, reply) => {
      const device = deviceOf(request, options);
      const body = registerBodyOf(request.body);
      if (body.ok && body.tpm !== undefined)
        throw new ServiceFault("notImplemented", "TPM attestation is not in this emulator.");
      await send(request, reply, devices.register(device, body));
    },
  );
  api.get<ByOperation>(
    `${DEVICE}/operations/:operationId`,
    asks("pollRegistration"),
    async (request, reply) => {
      const device = deviceOf(request, options);
      devices.authenticate(device);
      await send(request, reply, devices.poll(device.registrationId, request.params.operationId));
    },
  );
  api.post<ByDevice>(
    DEVICE,
    { ...asks("lookUpRegistration"), bodyLimit },
    async (request, reply) => {
      const device = deviceOf(request, options);
      await send(request, reply, devices.lookUp(device, registerBodyOf(request.body)));
    },
  );

  async function send(
    request: FastifyRequest<ByDevice>,
    reply: FastifyReply,
    answer: DeviceAnswer,
  ): Promise<void> {
    if (answer.retry) {
      const { idScope, registrationId } = request.params;
      const path = `${idScope}/registrations/${encodeURIComponent(registrationId)}/register`;
      reply
        .header("location", `https://${request.headers.host ?? ""}/${path}`)
        .header("retry-after", String(around.limits.retryAfterS));
    }
    await reply.code(answer.status).header("content-type", JSON_TYPE).send(answer.body);
  }
}

/** Who asks; what MQTT refuses at CONNECT is refused here by 401 (`?`: Azure documents the MQTT side only). */
function deviceOf(request: FastifyRequest<ByDevice>, options: DpsOptions): AskingDevice {
  const { idScope, registrationId } = request.params;
  if (idScope.toLowerCase() !== options.idScope.toLowerCase()) throw unauthorized();
  if (!isRegistrationId(registrationId))
    throw new ServiceFault(
      "badRequest",
      "The registration id has characters that are not allowed.",
    );
  const { socket } = request.raw;
  const proof = readProof(headerOf(request, "authorization"), () =>
    socket instanceof TLSSocket ? options.chains.read(socket) : [],
  );
  if (proof === undefined) throw unauthorized();
  if (!proofNames(proof, { idScope, registrationId }))
    throw proof.kind === "token"
      ? unauthorized()
      : new ServiceFault("certificateRefused", "Invalid certificate.");
  return { registrationId, apiVersion: apiVersionOf(request.query), proof };
}

const unauthorized = (): ServiceFault => new ServiceFault("dpsUnauthorized", "Unauthorized");

function apiVersionOf(query: unknown): string | undefined {
  const value: unknown =
    typeof query === "object" && query !== null ? Reflect.get(query, "api-version") : undefined;
  return typeof value === "string" ? value : undefined;
}
