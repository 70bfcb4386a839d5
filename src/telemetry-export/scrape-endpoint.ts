import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { addressError } from "../base/address-error.ts";
import { bracketed } from "../base/proxy.ts";
import type { ScrapeAddress } from "./scrape-address.ts";

/** A port that answers scrapes. */
export interface ScrapeEndpoint {
  /** With the port that it got. */
  readonly url: string;
  /** Lets answers that are on their way end, for a second at most; safe to call twice. */
  close(): Promise<void>;
}

const PATH = "/metrics";
/** Of Prometheus' text format. Source: Prometheus documentation, "Exposition formats". */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const CLOSE_MS = 1_000;

/**
 * Serves `GET /metrics` over HTTP.
 *
 * @param text the metrics in Prometheus' text format, made anew for every scrape; undefined while there are none
 * @throws {FleetError} `ADDRESS_IN_USE`
 */
export async function openScrapeEndpoint(
  { host, port }: ScrapeAddress,
  text: () => string | undefined,
): Promise<ScrapeEndpoint> {
  const server = createServer((request, response) => answer(request, response, text));
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    throw await addressError(error, host, port);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  let closed: Promise<void> | undefined;
  return {
    url: `http://${bracketed(host)}:${address.port}${PATH}`,
    close: () =>
      (closed ??= new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
      })),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  text: () => string | undefined,
): void {
  const [path] = (request.url ?? "").split("?", 1);
  if (path !== PATH) {
    response.writeHead(404, { "content-type": "text/plain" }).end(`metrics are at ${PATH}\n`);
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
  } else {
    const metrics = text();
    if (metrics === undefined) response.writeHead(503, { "retry-after": "1" }).end();
    else response.writeHead(200, { "content-type": CONTENT_TYPE }).end(metrics);
  }
}
