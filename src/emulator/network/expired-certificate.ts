import type { Faults } from "../faults/faults.ts";
import type { ServerTls } from "../options.ts";

/** Shows the expired certificate as long as there is a fault that wants it. @param present gives all ports another */
export function expireCertificates(
  faults: Faults,
  tls: ServerTls,
  present: (tls: ServerTls) => void,
): void {
  const { expiredCertificatePem } = tls;
  if (expiredCertificatePem === undefined) return;
  const active = new Set<string>();
  faults.act("serverCertificateExpired", {
    begin: ({ id }) => {
      active.add(id);
      present({ ...tls, certificatePem: expiredCertificatePem });
    },
    end: ({ id }) => {
      active.delete(id);
      if (active.size === 0) present(tls);
    },
  });
}
