import type { FastifyReply } from "fastify";
import { ServiceFault } from "../fault.ts";
import { goneAnswer } from "../faults/gone.ts";
import type { FaultsAt } from "../faults/faults-at.ts";

/**
 * Turns requests away from a service that has disappeared: by closing their connection, after which the reply is
 * nobody's, or as one that was never there.
 *
 * @param notFound how the service calls that
 * @throws {ServiceFault} `notFound`
 */
export function turnAwayIfGone(
  faults: FaultsAt,
  reply: FastifyReply,
  notFound: "hubNotFound" | "notFound",
): void {
  const answer = goneAnswer(faults);
  if (answer === undefined) return;
  if (answer === "notFound") throw new ServiceFault(notFound, "No such service here.");
  reply.hijack();
  reply.raw.destroy();
}
