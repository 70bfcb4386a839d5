import fc from "fast-check";
import { expect, test } from "vitest";
import { methodsOf } from "../../../../src/emulator/service-api/known-paths.ts";

const ROUTES = [
  { method: "GET", url: "/devices", rights: ["RegistryRead"] },
  { method: "POST", url: "/devices", rights: ["RegistryWrite"] },
  { method: "GET", url: "/devices/:id", rights: ["RegistryRead"] },
  { method: "GET", url: "/enrollments/:id", rights: ["EnrollmentRead"] },
  { method: "POST", url: "/registrations/:id/register", rights: [] },
  { method: "GET", url: "/emulator/health", rights: [] },
  { method: "GET", url: "/emulator/events", rights: ["ServiceConnect"] },
] as const;
const AT_HUB = { rights: ["RegistryRead", "RegistryWrite"], everywhere: "/emulator" } as const;
const hub = (url: string) => methodsOf(ROUTES, url, AT_HUB);

test("a path has the verbs of its routes, whatever its case, its end and its query", () => {
  for (const url of ["/devices", "/Devices/", "/DEVICES?api-version=1"])
    expect(hub(url)).toEqual(["GET", "POST"]);
  expect(hub("/devices/a%2Fb?x=/y")).toEqual(["GET"]);
});

test("a path of another service, of none and of no right has no verbs", () => {
  const unknown = ["/enrollments/a", "/registrations/a/register", "/emulator/none", "/emulator"];
  for (const url of [...unknown, "/devices/a/b", "/devices//", "/", ""])
    expect(hub(url)).toEqual([]);
});

test("a path of the emulator's own has its verbs at every service", () => {
  for (const url of ["/emulator/health", "/emulator/events?from=earliest"])
    expect(hub(url)).toEqual(["GET"]);
});

test("a parameter stands for any segment", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^/?]+$/), (segment) => {
      expect(hub(`/devices/${segment}`)).toEqual(["GET"]);
    }),
  );
});
