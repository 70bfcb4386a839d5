import type { FastifyContextConfig, FastifyRequest } from "fastify";
import type { Right } from "../access-policy.ts";
import type { ServiceFault } from "../fault.ts";
import type { OperationGate } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import type { ApiScope } from "./api-server.ts";
import { faultOf, headerOf } from "./replies.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a request on this route asks for. */
    operation?: OperationKind;
    /** Whether the body is a list, each of whose items is an operation. */
    operationPerItem?: boolean;
    /** See `Operation`. */
    operationVariant?: (request: FastifyRequest) => string | undefined;
  }
}

/** The options of a route that asks for `operation`, and that callers with one of `rights` may use. */
export function asks(
  operation: OperationKind,
  ...rights: readonly Right[]
): { readonly config: FastifyContextConfig } {
  return { config: { operation, rights } };
}

/** The same for one of the operations that count alike. */
export function asksVariant(
  variant: string | ((request: FastifyRequest) => string | undefined),
  ...asked: Parameters<typeof asks>
): { readonly config: FastifyContextConfig } {
  const operationVariant = typeof variant === "string" ? () => variant : variant;
  return { config: { ...asks(...asked).config, operationVariant } };
}

/** The same where the body is a list, each of whose items is an operation. */
export function asksForEach(
  operation: OperationKind,
  ...rights: readonly Right[]
): { readonly config: FastifyContextConfig } {
  return { config: { operation, operationPerItem: true, rights } };
}

/** What is known of a request that asked for an operation. */
interface Asked {
  readonly gate: OperationGate;
  readonly operation: Operation;
  fault: ServiceFault | undefined;
  answerBytes: number;
}

/** Lets the operations of a scope's routes pass the gate of the service that a request means, once it is authorized. */
export function gateRoutes(
  scope: ApiScope,
  gateOf: (request: FastifyRequest) => OperationGate,
): void {
  const underWay = new WeakMap<FastifyRequest, Asked>();
  scope.addHook("preHandler", async (request) => {
    const operation = operationOf(request);
    if (operation === undefined) return;
    const gate = gateOf(request);
    underWay.set(request, { gate, operation, fault: undefined, answerBytes: 0 });
    await gate.admit(operation);
  });
  scope.addHook("onError", async (request, _reply, error) => {
    const asked = underWay.get(request);
    if (asked !== undefined) asked.fault = faultOf(error);
  });
  // Before the answer is written: who has it finds what it cost, and what it counted for.
  scope.addHook("onSend", async (request, _reply, payload) => {
    const asked = underWay.get(request);
    if (asked === undefined) return;
    if (typeof payload === "string") asked.answerBytes = Buffer.byteLength(payload);
    underWay.delete(request);
    asked.gate.ended(asked.operation, asked);
  });
}

/** Their paths have the id of a job. */
const JOB_OPERATIONS: ReadonlySet<OperationKind> = new Set(["createJob", "readJob", "cancelJob"]);

function operationOf(request: FastifyRequest): Operation | undefined {
  const { config } = request.routeOptions;
  const { operation: kind, operationPerItem = false } = config;
  if (kind === undefined) return undefined;
  const variant = config.operationVariant?.(request);
  const id = idOf(request.params);
  const isDevices = !JOB_OPERATIONS.has(kind) && variant !== "EnrollmentGroup";
  return {
    kind,
    deviceId: isDevices ? id : undefined,
    otherId: isDevices ? undefined : id,
    protocol: "https",
    bytes: bytesOf(request),
    count: operationPerItem && Array.isArray(request.body) ? request.body.length : 1,
    variant,
    callerAddress: request.raw.socket.remoteAddress,
  };
}

/** Of the body; one that comes in chunks tells no length, and has that of its JSON then. */
function bytesOf(request: FastifyRequest): number {
  const told = headerOf(request, "content-length");
  if (told !== undefined) return Number(told);
  const { body } = request;
  if (body === undefined || body === null) return 0;
  return Buffer.isBuffer(body) ? body.length : Buffer.byteLength(JSON.stringify(body));
}

/** What the routes call it. */
function idOf(params: unknown): string | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  const id: unknown = Reflect.get(params, "id") ?? Reflect.get(params, "registrationId");
  return typeof id === "string" ? id : undefined;
}
