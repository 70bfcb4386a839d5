import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { z } from "zod";
import { HAS_MANAGEMENT, HAS_TWO_HUBS } from "./target.ts";

/** Whether webhooks can be tested: an emulator calls one of this machine, which Azure would not find. */
export const HAS_WEBHOOK = HAS_TWO_HUBS && HAS_MANAGEMENT;

/** What the webhook of a test was asked. */
export interface WebhookCall {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

export interface WebhookReply {
  readonly status: number;
  /** Sent as JSON; text as it is. */
  readonly body?: unknown;
}

/** A server of a custom allocation policy, as a function app is one. */
export interface Webhook extends AsyncDisposable {
  readonly url: string;
  /** In the order of their arrival. */
  readonly calls: readonly WebhookCall[];
  /** What an enrollment says of it. */
  readonly policy: Readonly<Record<string, unknown>>;
}

/** Listens on loopback, over http or with a certificate for `localhost` over https; `answer` may wait. */
export async function startWebhook(
  answer: (call: WebhookCall, count: number) => WebhookReply | Promise<WebhookReply>,
  tls?: { readonly chainPem: string; readonly privateKeyPem: string },
): Promise<Webhook> {
  const calls: WebhookCall[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      void (async () => {
        const text = Buffer.concat(chunks).toString();
        const { method, url: path, headers } = request;
        const contentType = headers["content-type"];
        const call = { method, path, contentType, body: JSON.parse(text) as unknown };
        calls.push(call);
        const { status, body } = await answer(call, calls.length);
        const said = typeof body === "string" ? body : JSON.stringify(body);
        response.writeHead(status, { "content-type": "application/json" }).end(said);
      })();
    });
  };
  const server =
    tls === undefined
      ? createServer(handle)
      : createTlsServer({ cert: tls.chainPem, key: tls.privateKeyPem }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const origin = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const url = `${origin}/api/allocate?code=of-this-test`;
  return {
    url,
    calls,
    policy: {
      allocationPolicy: "custom",
      customAllocationDefinition: { webhookUrl: url, apiVersion: "2021-10-01" },
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
