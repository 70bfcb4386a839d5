import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { azureDate } from "../azure-time.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Page, PageRequest } from "./paging.ts";

/** The Node SDKs parse a body only where the content type says JSON. */
export const JSON_TYPE = "application/json; charset=utf-8";

export async function sendJson(reply: FastifyReply, status: number, body: unknown): Promise<void> {
  await reply.code(status).header("content-type", JSON_TYPE).send(JSON.stringify(body));
}

export async function sendPage<T>(
  reply: FastifyReply,
  page: Page<T>,
  itemType: string,
): Promise<void> {
  reply.header("x-ms-item-type", itemType).header("x-ms-max-item-count", page.items.length);
  if (page.continuation !== undefined) reply.header("x-ms-continuation", page.continuation);
  await sendJson(reply, 200, page.items);
}

/** 204. */
export async function sendNothing(reply: FastifyReply): Promise<void> {
  await reply.code(204).send();
}

/** How one of the two services writes a refusal. */
export type FaultWriter = (reply: FastifyReply, fault: ServiceFault) => Promise<void>;

/** Swagger: ProvisioningServiceErrorDetails, with the number in `x-ms-error-code`. */
export function dpsFaultWriter(around: Surroundings): FaultWriter {
  return async (reply, fault) => {
    const context = { trackingId: around.newId(), timestampUtc: azureDate(around.stamp()) };
    await reply
      .code(fault.status)
      .header("content-type", JSON_TYPE)
      .header("x-ms-error-code", String(fault.code))
      .headers(retryAfterOf(fault))
      .send(faultBody(fault, context));
  };
}

function retryAfterOf({ retryAfterS }: ServiceFault): Readonly<Record<string, string>> {
  return retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) };
}

/** The classic form, which azure-iothub and the C# client parse: `ErrorCode:<name>;<text>`. */
export function hubFaultWriter(around: Surroundings): FaultWriter {
  return async (reply, fault) => {
    const at = new Date(around.stamp()).toISOString();
    await reply
      .header("iothub-errorcode", fault.codeName)
      .headers(retryAfterOf(fault))
      .code(fault.status)
      .header("content-type", JSON_TYPE)
      .send(
        JSON.stringify({
          Message: `ErrorCode:${fault.codeName};${fault.message}`,
          ExceptionMessage: `Tracking ID:${around.newId()}-G:0-TimeStamp:${at}`,
        }),
      );
  };
}

/**
 * @param what how messages call the whole of it
 * @throws {ServiceFault} `badRequest` naming every problem
 */
export function parseBody<S extends z.ZodType>(
  schema: S,
  body: unknown,
  what = "body",
): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.length === 0 ? what : issue.path.join(".")}: ${issue.message}`,
  );
  throw new ServiceFault("badRequest", problems.join("; "));
}

/** A header that comes at most once. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** What the headers of a list or query ask of its page. */
export function pageRequestOf(request: FastifyRequest, limits: EmulatorLimits): PageRequest {
  return {
    maxItemCount: headerOf(request, "x-ms-max-item-count"),
    continuation: headerOf(request, "x-ms-continuation"),
    defaultSize: limits.queryPageSize,
    maxSize: limits.queryPageSizeMax,
  };
}

/** Anything that a handler threw, as a refusal: Fastify's own errors become 413 for a large body, and 400. */
export function faultOf(error: unknown): ServiceFault {
  if (error instanceof ServiceFault) return error;
  const status: unknown = error instanceof Error ? Reflect.get(error, "statusCode") : undefined;
  if (status === 413) return new ServiceFault("entityTooLarge", "The body is too large.");
  if (error instanceof Error && typeof status === "number" && status < 500)
    return new ServiceFault("badRequest", error.message);
  return new ServiceFault("serverError", "The emulator failed; its log says why.");
}
