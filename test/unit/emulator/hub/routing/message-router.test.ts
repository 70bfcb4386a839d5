import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BUILT_IN_ENDPOINT,
  EventEndpoint,
} from "../../../../../src/emulator/events/event-endpoint.ts";
import { MessageRouter } from "../../../../../src/emulator/hub/routing/message-router.ts";
import type { RoutedMessage } from "../../../../../src/emulator/hub/routing/routed-message.ts";
import { lookupIn } from "../../../../../src/emulator/hub/routing/routed-message.ts";
import type { Route } from "../../../../../src/emulator/hub/routing/routing-settings.ts";
import {
  DEFAULT_ROUTING,
  readCondition,
} from "../../../../../src/emulator/hub/routing/routing-settings.ts";
import { message } from "../../events/stored-events.ts";
import { surroundingsFrom } from "../../../../../src/emulator/surroundings.ts";

const routed = (more: Partial<RoutedMessage> = {}): RoutedMessage => ({
  application: () => undefined,
  system: () => undefined,
  body: Buffer.alloc(0),
  twin: () => undefined,
  ...more,
});

/** A router whose messages have the application property `n`. */
function routerOf(n: number): { readonly router: MessageRouter; readonly shown: () => number } {
  let shown = 0;
  const router = new MessageRouter({
    place: "hub",
    partitions: 4,
    table: new Map(),
    newEndpoint: (settings) => new EventEndpoint(settings, surroundingsFrom({})),
    newId: () => String(shown),
    show: () => {
      shown += 1;
      return routed({ application: (name) => (name === "n" ? String(n) : undefined) });
    },
  });
  return { router, shown: () => shown };
}

const routeOf = (condition: string, endpointName: string, isEnabled = true): Route => ({
  name: condition,
  condition,
  expression: readCondition(condition),
  endpointName,
  isEnabled,
});

const namesOf = (endpoints: readonly EventEndpoint[]): string[] =>
  endpoints.map(({ name }) => name);

test("without routes a message goes to the built-in endpoint and nothing of it is read", () => {
  const { router, shown } = routerOf(1);
  expect(namesOf(router.endpointsFor(message()))).toEqual([BUILT_IN_ENDPOINT]);
  router.replace({ ...DEFAULT_ROUTING, routes: [routeOf("n = '1'", "events", false)] }, undefined);
  expect(namesOf(router.endpointsFor(message()))).toEqual([BUILT_IN_ENDPOINT]);
  expect(shown()).toBe(0);
});

test("a message goes once to each endpoint of the routes that take it, else where fallback says", () => {
  const anyRoute = fc.record({
    value: fc.nat(3),
    endpointName: fc.constantFrom("a", "b", "events"),
    isEnabled: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyRoute), fc.nat(3), fc.boolean(), (routes, n, hasFallback) => {
      const { router } = routerOf(n);
      const settings = {
        eventHubs: [{ name: "a", description: {} }],
        storageContainers: [{ name: "b", description: {} }],
        routes: routes.map((one) => routeOf(`n = '${one.value}'`, one.endpointName, one.isEnabled)),
        fallbackRoute: { ...DEFAULT_ROUTING.fallbackRoute, isEnabled: hasFallback },
      };
      router.replace(settings, router.etag);
      const names = namesOf(router.endpointsFor(message()));
      const taking = routes.filter((one) => one.isEnabled && one.value === n);
      const expected = new Set(taking.map((one) => one.endpointName));
      const isFallen = expected.size === 0 && hasFallback;
      expect(new Set(names)).toEqual(isFallen ? new Set(["events"]) : expected);
      expect(names).toHaveLength(new Set(names).size);
      expect(router.counts).toEqual({
        success: names.length,
        fallback: isFallen ? 1 : 0,
        orphaned: names.length === 0 ? 1 : 0,
      });
    }),
  );
});

test("settings are replaced only by who knows the last ones", () => {
  const { router } = routerOf(1);
  expect(() => router.replace(DEFAULT_ROUTING, "stale")).toThrow("ETag");
  router.replace(DEFAULT_ROUTING, "*");
});

test("a body is read once, and only where it is asked for", () => {
  const body = Buffer.from('{"a":1}');
  const system = new Map([
    ["$contentType", "application/json"],
    ["$contentEncoding", "utf-8"],
  ]);
  const lookup = lookupIn(routed({ body, system: (name) => system.get(name) }));
  expect(lookup(["$contentType"])).toBe("application/json");
  expect(lookup(["$body", "a"])).toBe(1);
  body.fill(0);
  expect(lookup(["$body", "a"])).toBe(1);
});
