import type { SecureContext } from "node:tls";
import type { InjectedFault } from "../faults/fault-plan.ts";
import type { Faults } from "../faults/faults.ts";
import type { ServerTls } from "../options.ts";
import { contextOf } from "../server-tls.ts";

export interface ExpiredCertificateOptions {
  readonly tls: ServerTls;
  /** The service that a host name, in lower case, belongs to; undefined for other names. */
  readonly serviceOf: (hostName: string) => string | undefined;
  /** Makes the ports resume no session. */
  readonly forgetSessions: () => void;
}

/**
 * Shows an expired certificate under the names of services, while there is a fault that wants it. Whoever asks for no
 * name, or for the machine's, sees the good one: so faults can be ended over HTTPS, and a run can read what was ingested.
 *
 * @returns what is to be shown under a name; undefined = the usual certificate
 */
export function expiredCertificate(
  faults: Faults,
  { tls, serviceOf, forgetSessions }: ExpiredCertificateOptions,
): (serverName: string) => SecureContext | undefined {
  const { expiredCertificatePem } = tls;
  if (expiredCertificatePem === undefined) return () => undefined;
  const active = new Set<InjectedFault<"serverCertificateExpired">>();
  let expired: SecureContext | undefined;
  faults.act("serverCertificateExpired", {
    begin: (fault) => {
      expired ??= contextOf(tls, expiredCertificatePem);
      active.add(fault);
      forgetSessions();
    },
    end: (fault) => void active.delete(fault),
  });
  return (serverName) => {
    if (active.size === 0) return undefined;
    const service = serviceOf(serverName.toLowerCase());
    if (service === undefined) return undefined;
    const target = { service, deviceId: undefined };
    return [...active].some((fault) => fault.covers(target)) ? expired : undefined;
  };
}
