import { z } from "zod";
import { QueryError } from "../../query/query-error.ts";
import type { Codec } from "../../state/state.ts";
import type { Route, RoutingSettings } from "./routing-settings.ts";
import { readCondition } from "./routing-settings.ts";

/** An endpoint as it is kept: by its number, which no other of the hub ever has. */
export interface KeptEndpoint {
  readonly name: string;
  readonly number: number;
  readonly partitions: number;
}

/** The routing of a hub as it is kept. */
export interface KeptRouting {
  readonly settings: RoutingSettings;
  readonly etag: string;
  /** The built-in one first. */
  readonly endpoints: readonly KeptEndpoint[];
  /** The number of the endpoint that comes next. */
  readonly nextNumber: number;
}

const text = z.string();

const routeText = z.strictObject({
  name: text,
  condition: text,
  endpointName: text,
  isEnabled: z.boolean(),
});

/** Conditions are kept as they were written. */
const route = z.codec(
  routeText,
  z.custom<Route>((value) => typeof value === "object"),
  {
    decode: (kept, context) => {
      try {
        return { ...kept, expression: readCondition(kept.condition) };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        context.issues.push({ code: "custom", input: kept.condition, message: error.message });
        return z.NEVER;
      }
    },
    encode: ({ name, condition, endpointName, isEnabled }) => ({
      name,
      condition,
      endpointName,
      isEnabled,
    }),
  },
);

const endpoints = z.array(z.strictObject({ name: text, description: z.record(text, z.unknown()) }));

export const routingCodec: Codec<KeptRouting> = z.strictObject({
  settings: z.strictObject({
    eventHubs: endpoints,
    storageContainers: endpoints.default([]),
    routes: z.array(route),
    fallbackRoute: route,
  }),
  etag: text,
  endpoints: z
    .array(z.strictObject({ name: text, number: z.int(), partitions: z.int().min(1) }))
    .min(1),
  nextNumber: z.int(),
});
