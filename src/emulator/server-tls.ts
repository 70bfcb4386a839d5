import type { Server } from "node:tls";
import type { ServerTls } from "./options.ts";

/**
 * What both TLS ports are opened with: devices come to the HTTPS port too, over WebSocket and over HTTPS, and show their
 * certificates there in the same way.
 */
export const SERVER_TLS = {
  minVersion: "TLSv1.2",
  requestCert: true,
  // Server side, and the only such line of the tree: DPS and IoT Hub take any client certificate at TLS
  // level and judge it at CONNECT (thumbprint) and at register (chain), so that the device gets a
  // CONNACK or an error body instead of a TLS alert. test/integration shows that a foreign leaf gets no further.
  rejectUnauthorized: false,
} as const;

/** As Node's servers take it. */
export function keyPair(tls: ServerTls): { readonly key: string; readonly cert: string } {
  return { key: tls.privateKeyPem, cert: tls.certificatePem };
}

/**
 * Gives a running server another certificate. Sessions that were begun under the one before are not resumed, so whoever
 * connects sees it.
 */
export function presentCertificate(server: Server, tls: ServerTls): void {
  server.setSecureContext({ ...keyPair(tls), minVersion: SERVER_TLS.minVersion });
}
