import type { SecureContext, Server, TlsOptions } from "node:tls";
import { createSecureContext } from "node:tls";
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

export interface PortTls {
  readonly tls: ServerTls;
  /** What a client is shown that asks for a name (SNI) where it is not the usual certificate. */
  readonly contextFor: (serverName: string) => SecureContext | undefined;
}

/** As Node's servers take it. */
export function portOptions({ tls, contextFor }: PortTls): TlsOptions {
  return {
    ...keyPair(tls),
    ...SERVER_TLS,
    SNICallback: (serverName, done) => done(null, contextFor(serverName)),
  };
}

/** Makes whoever connects from now on see a certificate: no session that was begun before is resumed. */
export function forgetSessions(server: Server, tls: ServerTls): void {
  server.setSecureContext({ ...keyPair(tls), minVersion: SERVER_TLS.minVersion });
}

/** The same key with another certificate. */
export function contextOf(tls: ServerTls, certificatePem: string): SecureContext {
  return createSecureContext({
    ...keyPair({ ...tls, certificatePem }),
    minVersion: SERVER_TLS.minVersion,
  });
}

function keyPair(tls: ServerTls): { readonly key: string; readonly cert: string } {
  return { key: tls.privateKeyPem, cert: tls.certificatePem };
}
