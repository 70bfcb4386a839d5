import type { FastifyContextConfig, FastifyRequest } from "fastify";
import type { AccessPolicy, Right } from "../access-policy.ts";
import { policyOf } from "../access-policy.ts";
import type { FaultKind } from "../fault.ts";
import { ServiceFault } from "../fault.ts";
import { parseSasToken } from "../sas-token.ts";
import type { Surroundings } from "../surroundings.ts";
import { headerOf } from "./replies.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A caller needs one of these; a route of a service without them is a mistake. */
    rights?: readonly Right[];
  }
}

/** The options of a route that only callers with one of `rights` may use. */
export function needs(...rights: readonly Right[]): { readonly config: FastifyContextConfig } {
  return { config: { rights } };
}

/** Whose names and policies a request is judged by, and how a refusal is called there. */
export interface Guarded {
  readonly hostName: string;
  readonly policies: readonly AccessPolicy[];
  /** No token, or one that opens nothing. */
  readonly unauthorized: FaultKind;
  /** A good token of a policy without the right. */
  readonly forbidden: FaultKind;
}

/**
 * Lets a request pass whose SAS token was signed by a policy with a right that the route needs.
 *
 * @throws {ServiceFault} `guarded.unauthorized` or `guarded.forbidden`
 */
export function authorize(request: FastifyRequest, guarded: Guarded, around: Surroundings): void {
  const { rights } = request.routeOptions.config;
  if (rights === undefined) throw new TypeError(`${request.routeOptions.url} needs no right`);
  const token = parseSasToken(headerOf(request, "authorization") ?? "");
  const path = request.url.split("?", 1)[0] ?? "";
  const policy =
    token &&
    policyOf(token, `${guarded.hostName}${path}`, {
      policies: guarded.policies,
      nowMs: around.clock(),
      clockSkewS: around.limits.sasClockSkewS,
    });
  if (policy === undefined)
    throw new ServiceFault(
      guarded.unauthorized,
      "Unauthorized: the SAS token is missing, wrong or expired.",
    );
  if (!rights.some((right) => policy.rights.includes(right)))
    throw new ServiceFault(
      guarded.forbidden,
      `Unauthorized: the policy ${policy.name} has none of ${rights.join(", ")}.`,
    );
}
