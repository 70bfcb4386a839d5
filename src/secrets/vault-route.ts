import { Agent } from "node:https";
import { rootCertificates } from "node:tls";

import type { DialRule } from "../base/dial.ts";
import { dialTarget } from "../base/dial.ts";

/** How vaults, and whoever gives tokens for them, are reached. */
export interface VaultRoute {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** curl's `--connect-to`: dial there, keep the name for SNI and checks. Only rules that name port 443 count. */
  readonly connectTo?: readonly DialRule[] | undefined;
  /** PEM text of CAs to trust beside Node's own: those of an emulator say nothing of Azure. */
  readonly caPem?: string | undefined;
}

const HTTPS_PORT = 443;

/** The request of Azure's HTTP pipeline, as far as a route touches it. */
interface RoutedRequest {
  readonly url: string;
  agent?: unknown;
}

/**
 * Options for the clients of Azure's packages that take this route. Where no rule fits, they keep their own agent, and
 * with it the proxy of the environment.
 */
export function vaultClientOptions({ connectTo = [], caPem }: VaultRoute): {
  readonly tlsOptions?: { readonly ca: string[] };
  readonly additionalPolicies?: {
    readonly position: "perCall";
    readonly policy: {
      readonly name: string;
      sendRequest<Request extends RoutedRequest, Response>(
        request: Request,
        next: (request: Request) => Promise<Response>,
      ): Promise<Response>;
    };
  }[];
} {
  const tls = caPem === undefined ? undefined : { ca: [...rootCertificates, caPem] };
  const trust = tls === undefined ? {} : { tlsOptions: tls };
  const rules = connectTo.filter(({ port }) => port === HTTPS_PORT);
  if (rules.length === 0) return trust;
  return {
    ...trust,
    additionalPolicies: [
      {
        position: "perCall",
        policy: {
          name: "dpsFleetRoute",
          sendRequest: (request, next) => {
            const { protocol, hostname } = new URL(request.url);
            const target = dialTarget(rules, hostname, HTTPS_PORT);
            if (protocol === "https:" && target.address !== hostname) {
              // An agent's host and port win over a request's; the name stays what SNI and the check use.
              request.agent = new Agent({ ...tls, host: target.address, port: target.port });
            }
            return next(request);
          },
        },
      },
    ],
  };
}
