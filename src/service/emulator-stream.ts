import type { IncomingMessage } from "node:http";
import type { Agent } from "node:https";
import { request } from "node:https";
import { createInterface } from "node:readline";

import { z } from "zod";

import { FleetError, messageOf } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import type { ServiceRoute } from "./connection.ts";
import { SERVICE_TIMEOUT_MS } from "./connection.ts";
import { networkHint } from "../base/network-hint.ts";

/** Where an emulator's events are, and what opens them. */
export interface EmulatorEvents {
  readonly eventsUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly route: ServiceRoute;
}

const refusal = z.object({ Message: z.string() });
/** Longer refusals are not read to their end. */
const REFUSAL_MAX_CHARACTERS = 10_000;

/** How one of an emulator's own paths is asked. */
export interface EmulatorRequest {
  readonly agent: Agent;
  readonly signal?: AbortSignal | undefined;
  /** Default `GET`. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly body?: JsonObject;
  /** What is asked for, for messages, such as `putting a fault on`; default `reading`, with the path. */
  readonly what?: string;
}

/** A refusal by one of an emulator's own paths. */
export class EmulatorRefusal extends FleetError {
  /** Of HTTP. */
  readonly status: number;

  constructor(status: number, message: string) {
    const hint =
      status === 401 ? "is the emulator file from this emulator's last start?" : undefined;
    super("REFUSED", message, { hint });
    this.status = status;
  }
}

/**
 * Asks an emulator for one of its own paths.
 *
 * @param options.patient the answer may be silent for as long as it likes once it has begun
 * @throws {EmulatorRefusal} with the emulator's words; {FleetError} `UNREACHABLE`
 */
export async function openEmulatorStream(
  { adminToken }: Pick<EmulatorEvents, "adminToken">,
  url: URL,
  options: EmulatorRequest & { readonly patient?: boolean },
): Promise<IncomingMessage> {
  const { agent, signal, patient = false, method = "GET", body } = options;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const place = options.what ?? `reading ${url.origin}${url.pathname}`;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asking = request(url, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
      timeout: SERVICE_TIMEOUT_MS,
      agent,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.on("response", (begun) => {
      if (patient) asking.setTimeout(0);
      resolve(begun);
    });
    asking.on("timeout", () => asking.destroy(new Error("no answer in time")));
    asking.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        new FleetError("UNREACHABLE", `${place}: ${messageOf(error)}`, {
          cause: error,
          hint: networkHint(error.code ?? ""),
        }),
      );
    });
    asking.end(text);
  });
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  const words = await wordsOf(answer);
  throw new EmulatorRefusal(statusCode, `${place}: the emulator answered ${statusCode}${words}`);
}

/**
 * The lines of an answer that are not empty, as they come.
 *
 * @throws {FleetError} `UNREACHABLE` where it ends before its end
 */
export async function* linesOf(answer: IncomingMessage, url: URL): AsyncGenerator<string> {
  const lines = createInterface({ input: answer, crlfDelay: Infinity });
  // It tells the answer's error to the loop below, and to nobody once that was left: that must not end the process.
  lines.on("error", () => {});
  let cause: unknown;
  try {
    for await (const text of lines) if (text !== "") yield text;
  } catch (error) {
    cause = error;
  }
  // A connection that broke in mid-stream may also just end the lines.
  if (cause !== undefined || !answer.complete)
    throw new FleetError("UNREACHABLE", `${url.origin}: the stream broke off`, {
      cause,
      hint: "has the emulator been killed?",
    });
}

/**
 * What a line of an emulator's own paths says, or a whole answer.
 *
 * @throws {FleetError} `REFUSED` where it is nothing that `schema` knows
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  url: URL,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FleetError(
    "REFUSED",
    `${url.origin}${url.pathname}: expected another answer, got ${showValue(value ?? text)}`,
    {
      hint: "is the emulator of another version?",
    },
  );
}

/**
 * The whole answer of one of an emulator's own paths.
 *
 * @throws {EmulatorRefusal}; {FleetError} `UNREACHABLE`, or `REFUSED` where it is nothing that `schema` knows
 */
export async function readEmulatorAnswer<Schema extends z.ZodType>(
  schema: Schema,
  emulator: Pick<EmulatorEvents, "adminToken">,
  url: URL,
  options: EmulatorRequest,
): Promise<z.output<Schema>> {
  const answer = await openEmulatorStream(emulator, url, options);
  const lines: string[] = [];
  for await (const text of linesOf(answer, url)) lines.push(text);
  return parseAnswer(schema, lines.join("\n"), url);
}

/** What a refusal says, without the name of its error; empty where it says nothing that can be read. */
async function wordsOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of answer.setEncoding("utf8")) {
      text += String(chunk);
      if (text.length > REFUSAL_MAX_CHARACTERS) break;
    }
    const { Message: message } = refusal.parse(JSON.parse(text));
    return `: ${message.replace(/^ErrorCode:\w+;/, "")}`;
  } catch {
    return "";
  }
}
