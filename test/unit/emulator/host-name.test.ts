import fc from "fast-check";
import { expect, test } from "vitest";
import { covers } from "../../../src/emulator/access-policy.ts";
import { withoutPort } from "../../../src/emulator/host-name.ts";
import { parseHubUserName } from "../../../src/emulator/hub/login/user-name.ts";
import { parseSasToken } from "../../../src/emulator/sas-token.ts";

const host = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
const port = fc.integer({ min: 1, max: 65_535 });

test("a host name is the same with and without its port", () => {
  fc.assert(
    fc.property(host, port, (name, at) => {
      expect(withoutPort(`${name}:${at}`)).toBe(name);
      expect(withoutPort(name)).toBe(name);
      expect(parseHubUserName(`${name}:${at}/d/?api-version=1`)?.hostName).toBe(name);
    }),
  );
});

test("a token that a client signed for HOST:PORT covers what is at HOST, and nothing else", () => {
  const token = parseSasToken(
    `SharedAccessSignature sr=${encodeURIComponent("box.test:8883/devices/d")}&sig=x&se=1`,
  );
  if (token === undefined) throw new Error("no token");
  expect(covers(token, "box.test/devices/d")).toBe(true);
  expect(covers(token, "box.test/devices/d2")).toBe(false);
  expect(covers(token, "other.test/devices/d")).toBe(false);
});
