import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import type { TestEmulator } from "./emulator-wire.ts";

/** A GET at the emulator's own paths. */
export async function adminGet(
  { emulator, pki }: TestEmulator,
  path: string,
  options: { readonly token?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<IncomingMessage> {
  const asking = request(`${emulator.adminUrl}${path}`, {
    ca: pki.root.certificatePem,
    headers: { authorization: `Bearer ${options.token ?? emulator.adminToken}` },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  asking.end();
  const [answer]: IncomingMessage[] = await once(asking, "response");
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

/** The lines of an NDJSON answer, as they come. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: answer, crlfDelay: Infinity }))
    yield JSON.parse(line);
}

/** All events from the first that is kept to the last one now. */
export async function readAllEvents(world: TestEmulator): Promise<Record<string, unknown>[]> {
  const events: Record<string, unknown>[] = [];
  for await (const event of linesOf(await adminGet(world, "/events?from=earliest")))
    events.push(event);
  return events;
}
