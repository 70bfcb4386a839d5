import type { FastifyRequest } from "fastify";
import type { CaCertificate, CaStore } from "../../certificates/ca-store.ts";
import type { ApiScope } from "../api-server.ts";
import {
  caCertificateDocument,
  parseUpload,
  parseVerification,
} from "./ca-certificate-document.ts";
import type { ManagedType } from "./management-routes.ts";
import { resourceIdentity } from "./management-routes.ts";
import { headerOf, sendJson } from "../replies.ts";

interface ByName {
  readonly Params: { readonly certificate: string };
}

/**
 * The CA certificates of DPS instances or of hubs, with their proof of possession.
 * Source: @azure/arm-deviceprovisioningservices 5.1, DpsCertificate; @azure/arm-iothub 6.3, Certificates.
 *
 * @param storeOf the certificates of a resource
 */
export function caCertificateRoutes<R>(
  api: ApiScope,
  type: ManagedType<R>,
  storeOf: (resource: R) => CaStore,
): void {
  const all = `${type.path}/certificates`;
  const one = `${all}/:certificate`;
  // The two services differ in this alone.
  const createdStatus = type.typeName === "IotHubs" ? 201 : 200;
  const store = (request: FastifyRequest): CaStore => storeOf(type.of(request));
  const shown = (
    request: FastifyRequest,
    ca: CaCertificate,
    options?: { readonly code: boolean },
  ): unknown => {
    const identity = resourceIdentity(request, type.typeName, ["certificates", ca.name]);
    return caCertificateDocument(ca, identity, options);
  };
  api.get(all, async (request, reply) => {
    const value = store(request)
      .all()
      .map((ca) => shown(request, ca));
    await sendJson(reply, 200, { value });
  });
  api.get<ByName>(one, async (request, reply) => {
    await sendJson(reply, 200, shown(request, store(request).get(request.params.certificate)));
  });
  api.put<ByName>(one, async (request, reply) => {
    const cas = store(request);
    const name = request.params.certificate;
    const isNew = !cas.has(name);
    const ca = cas.put(name, parseUpload(request.body), headerOf(request, "if-match"));
    await sendJson(reply, isNew ? createdStatus : 200, shown(request, ca));
  });
  api.delete<ByName>(one, async (request, reply) => {
    store(request).delete(request.params.certificate, headerOf(request, "if-match"));
    await reply.code(204).send();
  });
  api.post<ByName>(`${one}/generateVerificationCode`, async (request, reply) => {
    const ifMatch = headerOf(request, "if-match");
    const ca = store(request).newCode(request.params.certificate, ifMatch);
    await sendJson(reply, 200, shown(request, ca, { code: true }));
  });
  api.post<ByName>(`${one}/verify`, async (request, reply) => {
    const cas = store(request);
    const proof = parseVerification(request.body);
    const ifMatch = headerOf(request, "if-match");
    await sendJson(
      reply,
      200,
      shown(request, cas.verify(request.params.certificate, proof, ifMatch)),
    );
  });
}
