import { z } from "zod";

import { FleetError, messageOf } from "../base/errors.ts";
import { networkHint } from "../base/network-hint.ts";
import { ProxyFailure } from "../base/proxy-tunnel.ts";

/** A string or number member of anything. */
function member(value: unknown, name: string): string | number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === "string" || typeof found === "number" ? found : undefined;
}

/** HTTP status of an SDK error, or `undefined` where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("response" in error)) return undefined;
  const status = member(error.response, "statusCode");
  return typeof status === "number" ? status : undefined;
}

/** What a throttled answer asks to wait, in ms; `undefined` where it says nothing. Source: RFC 9110, 10.2.3. */
export function retryAfterOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("response" in error)) return undefined;
  const { response } = error;
  if (typeof response !== "object" || response === null || !("headers" in response))
    return undefined;
  const text = member(response.headers, "retry-after");
  const seconds = text === undefined || text === "" ? Number.NaN : Number(text);
  return seconds >= 0 ? seconds * 1_000 : undefined;
}

/** What to change for an HTTP status of a service. Source: Microsoft Learn, "Troubleshoot IoT Hub errors". */
const STATUS_HINTS: Readonly<Record<number, string>> = {
  401: "the connection string's key or policy is wrong, or this machine's clock is",
  403: "the policy lacks a right, or a quota of the service is used up",
  404: "it does not exist there",
  409: "it exists there already",
  412: "somebody else changed it meanwhile",
  429: "the service throttles: run it again in a minute, or slower",
};

/** What a service says when it refuses. */
export interface ServiceRefusal {
  /** HTTP status, or what the number of the error begins with. */
  readonly status: number;
  /** Azure's name or number of the error, such as `DeviceNotFound` or `404103`; undefined where it names none. */
  readonly code: string | undefined;
  readonly words: string;
}

/**
 * What the service said, read of whatever body it sent: `{ message, errorCode }` of DPS, `ErrorCode:<name>;<words>` of a
 * hub, or JSON in the place of the latter. Undefined where there was no answer. Never throws.
 */
export function refusalOf(error: unknown): ServiceRefusal | undefined {
  const status = statusOf(error);
  if (status === undefined) return undefined;
  const body = member(error, "responseBody");
  const text = typeof body === "string" && body !== "" ? body : messageOf(error);
  return { status, ...saidIn(text) };
}

function saidIn(text: string): Pick<ServiceRefusal, "code" | "words"> {
  const parsed = jsonIn(text);
  const inner = member(parsed, "message") ?? member(parsed, "Message");
  if (inner === undefined) return { code: undefined, words: text };
  const nested = member(jsonIn(String(inner)), "message");
  if (nested !== undefined) return saidIn(String(inner));
  const [, name, words = ""] = /^ErrorCode:(\w+);(.*)$/s.exec(String(inner)) ?? [];
  if (name !== undefined) return { code: name, words };
  const number = member(parsed, "errorCode");
  return { code: number === undefined ? undefined : String(number), words: String(inner) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a service refused; {@link ServiceRefusal} tells callers what they know how to answer. */
export class RefusedCall extends FleetError {
  readonly refusal: ServiceRefusal;

  /**
   * @param what the operation and the service, such as `creating enrollment group "x" at y`
   * @param options `meaning`: what it means, in the place of the service's words; `hint`: in the place of the usual one
   */
  constructor(
    what: string,
    refusal: ServiceRefusal,
    options: {
      readonly cause?: unknown;
      readonly meaning?: string | undefined;
      readonly hint?: string | undefined;
    } = {},
  ) {
    const { status, code, words } = refusal;
    const { cause, meaning, hint = STATUS_HINTS[status] } = options;
    const named = code === undefined ? `${status}` : `${status} ${code}`;
    const told =
      meaning === undefined ? `the service answered ${named}: ${words}` : `${meaning} (${named})`;
    super("REFUSED", `${what}: ${told}`, { cause, hint });
    this.refusal = refusal;
  }
}

/**
 * An SDK's error as ours: a {@link RefusedCall} where the service refused, `REFUSED` where its answer is none that Azure
 * gives, `UNREACHABLE` where there was no answer.
 *
 * @param what the operation and the service, such as `creating enrollment group "x" at y`
 */
export function serviceError(what: string, error: unknown): FleetError {
  if (error instanceof ProxyFailure) {
    const { message, hint } = error;
    return new FleetError("UNREACHABLE", `${what}: ${message}`, { cause: error, hint });
  }
  if (error instanceof FleetError) return error;
  const refusal = refusalOf(error);
  if (refusal !== undefined) return new RefusedCall(what, refusal, { cause: error });
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return strangeAnswer(what, error);
  const code = String(member(error, "code") ?? "");
  return new FleetError("UNREACHABLE", `${what}: ${messageOf(error)}`, {
    cause: error,
    hint: networkHint(code),
  });
}

function strangeAnswer(what: string, error: z.ZodError | SyntaxError): FleetError {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  const found = issue === undefined ? "no JSON" : `${issue.path.join(".")}: ${issue.message}`;
  return new FleetError("REFUSED", `${what}: the answer is none that Azure gives: ${found}`, {
    cause: error,
    hint: "is it a service of Azure, or something between here and it that answers in its place?",
  });
}
