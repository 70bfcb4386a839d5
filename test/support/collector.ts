import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";

const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);
const attributes = z.array(
  z.object({ key: z.string(), value: z.object({ stringValue: z.string() }) }),
);
const point = z.object({
  attributes,
  asDouble: number.optional(),
  asInt: number.optional(),
  count: number.optional(),
  sum: z.number().optional(),
  bucketCounts: z.array(number).optional(),
});
const points = z.object({ dataPoints: z.array(point), isMonotonic: z.boolean().optional() });

/** A push, as far as tests look at it. Source: OTLP specification, JSON Protobuf encoding; metrics.proto. */
const pushed = z.object({
  resourceMetrics: z.tuple([
    z.object({
      resource: z.object({ attributes }),
      scopeMetrics: z.tuple([
        z.object({
          metrics: z.array(
            z.object({
              name: z.string(),
              unit: z.string(),
              sum: points.optional(),
              gauge: points.optional(),
              histogram: points.optional(),
            }),
          ),
        }),
      ]),
    }),
  ]),
});

export interface Push {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resource: Readonly<Record<string, string>>;
  /** Sums and gauges by name, over all their points. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Counts of histograms by name, over all their points. */
  readonly counts: Readonly<Record<string, number>>;
}

const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0);

function pushOf(path: string, headers: IncomingHttpHeaders, body: string): Push {
  const [{ resource, scopeMetrics }] = pushed.parse(JSON.parse(body)).resourceMetrics;
  const [{ metrics }] = scopeMetrics;
  const numbers = metrics.flatMap(({ name, sum, gauge }) => {
    const given = sum ?? gauge;
    return given === undefined
      ? []
      : [
          [
            name,
            total(given.dataPoints.map(({ asDouble, asInt }) => asDouble ?? asInt ?? 0)),
          ] as const,
        ];
  });
  const counts = metrics.flatMap(({ name, histogram }) =>
    histogram === undefined
      ? []
      : [[name, total(histogram.dataPoints.map(({ count }) => count ?? 0))] as const],
  );
  return {
    path,
    headers,
    resource: Object.fromEntries(
      resource.attributes.map(({ key, value }) => [key, value.stringValue]),
    ),
    numbers: Object.fromEntries(numbers),
    counts: Object.fromEntries(counts),
  };
}

/** A collector of OTLP over HTTP on the loopback address. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** What came so far. */
  readonly pushes: readonly Push[];
  /** What the next pushes are answered with; 200 at first. */
  status: number;
}

export async function startCollector(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<Collector> {
  const pushes: Push[] = [];
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  const collector: Collector = {
    get url() {
      const address = server.address();
      if (address === null || typeof address === "string") throw new TypeError("no TCP address");
      return `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}`;
    },
    pushes,
    status: 200,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  server.on(
    "request",
    (request, response) =>
      void (async () => {
        const body = await text(request);
        if (collector.status === 200) pushes.push(pushOf(request.url ?? "", request.headers, body));
        response.writeHead(collector.status, { "content-type": "application/json" }).end("{}");
      })(),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return collector;
}
