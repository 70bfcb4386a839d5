import fc from "fast-check";
import { expect, test } from "vitest";
import { parseScrapeAddress } from "../../../src/telemetry-export/scrape-address.ts";

test.for([
  ["9464", { host: "127.0.0.1", port: 9464 }],
  ["0", { host: "127.0.0.1", port: 0 }],
  ["0.0.0.0:9464", { host: "0.0.0.0", port: 9464 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["[::1]:9464", { host: "::1", port: 9464 }],
  ["65536", undefined],
  ["::1:9464", undefined],
  [":9464", undefined],
  ["9464/metrics", undefined],
  ["http://localhost:9464", undefined],
  ["", undefined],
] as const)("%s", ([text, address]) => {
  expect(parseScrapeAddress(text)).toEqual(address);
});

test("any text is an address with a port, or none", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseScrapeAddress(text)?.port ?? 0).toBeLessThan(65_536);
    }),
  );
});
