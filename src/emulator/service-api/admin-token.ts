import type { FastifyRequest } from "fastify";
import { isSameSecret } from "../same-secret.ts";
import { headerOf } from "./replies.ts";

/** A check of the emulator's admin token: whether a request carries it as `Authorization: Bearer …`. */
export function adminTokenCheck(adminToken: string): (request: FastifyRequest) => boolean {
  const wanted = `Bearer ${adminToken}`;
  return (request) => isSameSecret(headerOf(request, "authorization") ?? "", wanted);
}
