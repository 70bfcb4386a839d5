import { FleetError, messageOf } from "../base/errors.ts";
import { networkHint } from "./network-hint.ts";

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

/** The service's own words, cut out of whatever body it sent. */
function wordsOf(error: unknown): string {
  const body = member(error, "responseBody");
  const text = typeof body === "string" && body !== "" ? body : messageOf(error);
  try {
    const parsed: unknown = JSON.parse(text);
    const words = member(parsed, "message") ?? member(parsed, "Message");
    return words === undefined ? text : String(words);
  } catch {
    return text;
  }
}

/**
 * An SDK's error as ours: `REFUSED` where the service answered, `UNREACHABLE` where it did not.
 *
 * @param what the operation and the service, such as `creating enrollment group "x" at y`
 */
export function serviceError(what: string, error: unknown): FleetError {
  if (error instanceof FleetError) return error;
  const status = statusOf(error);
  if (status !== undefined) {
    return new FleetError("REFUSED", `${what}: the service answered ${status}: ${wordsOf(error)}`, {
      cause: error,
      hint: STATUS_HINTS[status],
    });
  }
  const code = String(member(error, "code") ?? "");
  return new FleetError("UNREACHABLE", `${what}: ${messageOf(error)}`, {
    cause: error,
    hint: networkHint(code),
  });
}
