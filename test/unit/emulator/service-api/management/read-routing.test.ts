import fc from "fast-check";
import { expect, test } from "vitest";
import { AZURE_DEFAULTS } from "../../../../../src/emulator/defaults.ts";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { DEFAULT_ROUTING } from "../../../../../src/emulator/hub/routing/routing-settings.ts";
import { readRouting } from "../../../../../src/emulator/service-api/management/read-routing.ts";
import {
  routingDocument,
  routingShown,
} from "../../../../../src/emulator/service-api/management/routing-document.ts";

const name = fc.constantFrom("a", "B", "c.1", "d-2", "E_3");
const anyRoute = fc.record({
  name,
  source: fc.constant("DeviceMessages" as const),
  condition: fc.constantFrom("true", "a = 'x'", "$body.a > 1", "$twin.tags.x = 1", "", " "),
  endpointNames: fc.constantFrom(["events"], ["a"]),
  isEnabled: fc.boolean(),
});
const byName = { selector: (one: { name: string }) => one.name };
const anyRouting = fc.record({
  endpoints: fc.constantFrom(
    { eventHubs: [{ name: "a" }] },
    { storageContainers: [{ name: "a", containerName: "logs", encoding: "JSON" }] },
  ),
  routes: fc.uniqueArray(anyRoute, byName),
  fallbackRoute: fc.option(anyRoute),
});

test("reading what is shown gives the same settings", () => {
  fc.assert(
    fc.property(anyRouting, (sent) => {
      const settings = readRouting(routingDocument.parse(sent), AZURE_DEFAULTS);
      const shown: unknown = JSON.parse(JSON.stringify(routingShown(settings)));
      expect(readRouting(routingDocument.parse(shown), AZURE_DEFAULTS)).toEqual(settings);
    }),
  );
});

test("any conditions are read, or refused with their places", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (conditions) => {
      const routes = conditions.map((condition, n) => ({
        name: `r${n}`,
        source: "DeviceMessages" as const,
        condition,
        endpointNames: ["events"],
        isEnabled: true,
      }));
      const read = (): unknown => readRouting({ routes }, AZURE_DEFAULTS);
      expect(refusalOf(read)).toMatch(
        /^(properties\.routing\.routes\.\d+\.condition: at character|$)/,
      );
    }),
  );
});

function refusalOf(read: () => unknown): string {
  try {
    read();
    return "";
  } catch (error) {
    if (error instanceof ServiceFault) return error.message;
    throw error;
  }
}

test("keys of an endpoint's connection string are kept nowhere", () => {
  const connectionString =
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0;EntityPath=e";
  const settings = readRouting(
    { endpoints: { eventHubs: [{ name: "a", connectionString }] } },
    AZURE_DEFAULTS,
  );
  expect(JSON.stringify(settings)).not.toContain("c2VjcmV0");
  expect(JSON.stringify(settings)).toContain("SharedAccessKey=****;EntityPath=e");
});

test("keys of a container's connection string are kept nowhere", () => {
  const connectionString = "DefaultEndpointsProtocol=https;AccountName=n;AccountKey=c2VjcmV0";
  const container = { name: "a", containerName: "logs", connectionString };
  const settings = readRouting({ endpoints: { storageContainers: [container] } }, AZURE_DEFAULTS);
  expect(JSON.stringify(settings)).not.toContain("c2VjcmV0");
});

test("no routing is that of a new hub, and routing without a fallback route has none enabled", () => {
  expect(readRouting(undefined, AZURE_DEFAULTS)).toBe(DEFAULT_ROUTING);
  expect(readRouting({}, AZURE_DEFAULTS).fallbackRoute.isEnabled).toBe(false);
});
