import type { FailureClass } from "../base/failure.ts";
import { DeviceFailure } from "../base/failure.ts";
import { messageOf } from "../base/errors.ts";
import { errorCode } from "../base/error-code.ts";
import { UpgradeRefused } from "../base/mqtt-websocket.ts";
import { ProxyFailure } from "../base/proxy-tunnel.ts";

/** What CONNACK return codes mean. Source: MQTT 3.1.1, table 3.1; IoT Hub sends 3 also when it throttles connections. */
const CONNACK: Readonly<Record<number, readonly [FailureClass, string]>> = {
  1: ["protocol", "unacceptable protocol version"],
  2: ["unauthorized", "client id rejected"],
  3: ["throttled", "server unavailable"],
  4: ["unauthorized", "bad user name or password"],
  5: ["unauthorized", "not authorized"],
};

/** Socket errors that are about the way to the peer, not about who it is. */
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "EADDRNOTAVAIL",
  "EMFILE",
]);

/** The failure that a refused CONNECT stands for. */
export function connackFailure(host: string, returnCode: number): DeviceFailure {
  const [failureClass, text] = CONNACK[returnCode] ?? ["protocol", "unknown return code"];
  return new DeviceFailure(failureClass, `${host} refused the connection: ${text}`, {
    code: `CONNACK ${returnCode}`,
  });
}

/**
 * The failure that an error below MQTT stands for: TCP, a proxy, TLS, the WebSocket.
 *
 * @param phase what was under way: an error without a known code while TLS is negotiated is a TLS error
 */
export function socketFailure(
  host: string,
  error: unknown,
  phase: "tcp" | "tls" | "mqtt",
): DeviceFailure {
  if (error instanceof DeviceFailure) return error;
  if (error instanceof ProxyFailure) return proxyFailure(error);
  if (error instanceof UpgradeRefused) return upgradeFailure(error);
  const code = errorCode(error);
  const message = `${host}: ${messageOf(error)}`;
  if (code === "ETIMEDOUT") return new DeviceFailure("timeout", message, { code, cause: error });
  if (code !== undefined && NETWORK.has(code)) {
    return new DeviceFailure("network", message, { code, cause: error });
  }
  const failureClass = phase === "tls" ? "tls" : phase === "tcp" ? "network" : "protocol";
  return new DeviceFailure(failureClass, message, { code, cause: error });
}

/** What a proxy refuses by its rules, it refuses the next time too. */
function proxyFailure(error: ProxyFailure): DeviceFailure {
  const { status, wireCode, message } = error;
  return new DeviceFailure("network", message, {
    code: status === undefined ? wireCode : `PROXY ${status}`,
    transient: status === undefined || status === 429 || status >= 500,
    cause: error,
  });
}

function upgradeFailure(error: UpgradeRefused): DeviceFailure {
  const { status, message } = error;
  const options = { code: `HTTP ${status}`, cause: error };
  if (status === 401 || status === 403) return new DeviceFailure("unauthorized", message, options);
  const isBusy = status === 429 || status >= 500;
  return new DeviceFailure(isBusy ? "throttled" : "protocol", message, options);
}
