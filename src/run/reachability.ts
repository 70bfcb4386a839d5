import { connect } from "node:tls";

import { MQTT_PORT, dialTarget } from "../base/dial.ts";
import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { TimeoutError, withTimeout } from "../base/retry.ts";
import { trusting } from "../service/connection.ts";
import { networkHint } from "../base/network-hint.ts";
import type { Endpoints } from "../worker/protocol.ts";

/** One full handshake, certificate checked against the name, then closed again. */
async function handshake(
  options: {
    readonly host: string;
    readonly address: string;
    readonly port: number;
    readonly caPem?: string | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({
      host: options.address,
      port: options.port,
      servername: options.host,
      ...(options.caPem === undefined ? {} : { secureContext: trusting(options.caPem) }),
    });
    signal.addEventListener("abort", () => socket.destroy(), { once: true });
    socket.once("secureConnect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/**
 * Tries one TLS handshake with the provisioning host, so that a wrong name, port, CA or an expired certificate is one
 * clear error before a thousand devices meet it.
 *
 * @throws {FleetError} `UNREACHABLE`
 */
export async function checkReachable(
  endpoints: Endpoints,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const host = endpoints.provisioningHost;
  const { address, port } = dialTarget(endpoints.connectTo, host, MQTT_PORT);
  const dialled = address === host ? `port ${port}` : `${address}:${port}`;
  const what = `reaching ${host} (${dialled})`;
  try {
    await withTimeout({ what, timeoutMs: options.timeoutMs, signal: options.signal }, (signal) =>
      handshake({ host, address, port, caPem: endpoints.caPem }, signal),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    const text = error instanceof Error ? error.message : String(error);
    throw new FleetError(
      "UNREACHABLE",
      error instanceof TimeoutError ? text : `${what} failed: ${text}`,
      {
        cause: error,
        hint: networkHint(error instanceof TimeoutError ? "ETIMEDOUT" : (errorCode(error) ?? "")),
      },
    );
  }
}
