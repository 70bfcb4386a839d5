import { ServiceFault } from "../../fault.ts";

/**
 * How a device showed who it is: by a token of its own key, by a token of one of the hub's policies, by a certificate
 * whose thumbprint the hub knows, or by one that a CA of the hub issued.
 */
export type LoginMethod = "deviceToken" | "policyToken" | "thumbprint" | "ca";

/** How an identity was proven. */
export interface Proven {
  readonly method: LoginMethod;
  /** When the proof is over, and with it the connection, in ms since 1970; undefined where it is judged only once. */
  readonly expiresMs: number | undefined;
}

/** A login that is refused; why is for the log alone. */
export function loginRefused(why: string): ServiceFault {
  return new ServiceFault("unauthorized", why);
}

const METHODS = {
  deviceToken: { scope: "device", type: "sas", issuer: "iothub" },
  policyToken: { scope: "hub", type: "sas", issuer: "iothub" },
  thumbprint: { scope: "device", type: "x509", issuer: "iothub" },
  ca: { scope: "device", type: "CA-Signed", issuer: "external" },
} as const satisfies Readonly<Record<LoginMethod, unknown>>;

/**
 * The value of the annotation `iothub-connection-auth-method`, a JSON text. The type of a thumbprint is not documented.
 * Source: Microsoft Learn, "Create and read IoT Hub messages", system properties of device-to-cloud messages; "Control
 * access to IoT Hub with shared access signatures", anti-spoofing properties; and microsoft/IoT-For-Beginners, sample
 * output of monitor-events.
 */
export function authMethodText(method: LoginMethod): string {
  return JSON.stringify({ ...METHODS[method], acceptingIpFilterRule: null });
}
