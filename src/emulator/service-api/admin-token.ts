import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { headerOf } from "./replies.ts";

/** A check of the emulator's admin token: whether a request carries it as `Authorization: Bearer …`. */
export function adminTokenCheck(adminToken: string): (request: FastifyRequest) => boolean {
  const wanted = Buffer.from(`Bearer ${adminToken}`);
  return (request) => {
    const given = Buffer.from(headerOf(request, "authorization") ?? "");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
}
