import type { TLSSocket } from "node:tls";
import { leadsToVerified, parseChain } from "../../certificates/chain.ts";
import type { Credential } from "../../dps/hub-link.ts";
import type { PeerLeaf } from "../../peer-certificate.ts";
import { normalizeThumbprint, peerLeaf } from "../../peer-certificate.ts";
import type { IotHub } from "../hub.ts";
import type { Proven } from "./login-method.ts";
import { loginRefused } from "./login-method.ts";

/**
 * By a leaf whose SHA-1 or SHA-256 thumbprint is in one of the identity's slots; who issued it does not matter.
 * Source: Microsoft Learn, "Authenticate identities with X.509 certificates", thumbprint.
 *
 * @throws {ServiceFault} `unauthorized`
 */
export function provenByThumbprint(
  hub: IotHub,
  credential: Extract<Credential, { type: "selfSigned" }>,
  socket: TLSSocket,
): Proven {
  const leaf = validLeaf(hub, socket);
  const { primaryThumbprint, secondaryThumbprint } = credential;
  const known = [primaryThumbprint, secondaryThumbprint].map(normalizeThumbprint);
  if (!known.includes(leaf.sha1) && !known.includes(leaf.sha256))
    throw loginRefused("the certificate's thumbprint is not the device's");
  return { method: "thumbprint", expiresMs: undefined };
}

/**
 * By a leaf whose subject common name is the device id, and whose chain leads up to a CA that was uploaded to the hub
 * and verified.
 * Source: Microsoft Learn, "Authenticate identities with X.509 certificates", CA-signed.
 *
 * @throws {ServiceFault} `unauthorized`
 */
export function provenByCa(hub: IotHub, deviceId: string, socket: TLSSocket): Proven {
  // Before anything else looks at the socket's certificates, which may cut the chain.
  const chain = parseChain(hub.chains.read(socket));
  const leaf = validLeaf(hub, socket);
  if (leaf.commonName !== deviceId)
    throw loginRefused("the certificate's subject common name is not the device id");
  const options = { nowMs: hub.around.clock(), verifiedCas: hub.cas.allVerified() };
  if (chain === undefined || !leadsToVerified(chain, options))
    throw loginRefused("the certificate leads up to no verified CA of the hub");
  return { method: "ca", expiresMs: undefined };
}

function validLeaf(hub: IotHub, socket: TLSSocket): PeerLeaf {
  const leaf = peerLeaf(socket);
  if (leaf === undefined) throw loginRefused("there is no client certificate");
  const nowMs = hub.around.clock();
  if (nowMs < leaf.notBeforeMs || nowMs > leaf.notAfterMs)
    throw loginRefused("the certificate has expired, or is not valid yet");
  return leaf;
}
