import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSasToken } from "../../../../src/emulator/sas-token.ts";
import { formatSasToken, isAuthorized } from "../../../../src/emulator/service-api/sas.ts";

const policy = {
  name: "iothubowner",
  key: Buffer.from("a secret of some bytes").toString("base64"),
};
const NOW_S = 1_800_000_000;
const hostName = "hub.azure-devices.net";
const options = { hostName, policy, nowMs: NOW_S * 1000, clockSkewS: 300 };

test("a token that was made for a name opens it, in any case of the name", () => {
  expect(isAuthorized(formatSasToken(hostName, policy, NOW_S + 60), options)).toBe(true);
  expect(isAuthorized(formatSasToken("HUB.azure-devices.net", policy, NOW_S + 60), options)).toBe(
    true,
  );
});

test("the members of a token may stand in any order, and the resource may be unescaped", () => {
  const token = formatSasToken(hostName, policy, NOW_S).replace(
    /^SharedAccessSignature (.*)$/,
    (_all, members: string) => `SharedAccessSignature ${members.split("&").toReversed().join("&")}`,
  );
  expect(isAuthorized(token, options)).toBe(true);
});

test.for([
  ["another key", formatSasToken(hostName, { ...policy, key: "AAAA" }, NOW_S)],
  ["another policy", formatSasToken(hostName, { ...policy, name: "device" }, NOW_S)],
  ["another resource", formatSasToken("other.azure-devices.net", policy, NOW_S)],
  ["a time too long ago", formatSasToken(hostName, policy, NOW_S - 301)],
  ["no token", "Bearer x"],
  ["nothing", undefined],
] as const)("%s opens nothing", ([, header]) => {
  expect(isAuthorized(header, options)).toBe(false);
});

test("a token is good a little past its end, for clocks that differ", () => {
  expect(isAuthorized(formatSasToken(hostName, policy, NOW_S - 299), options)).toBe(true);
});

test("parsing undoes formatting, and parsing any text never throws", () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.integer({ min: 0, max: 9_999_999_999 }), (resource, expiry) => {
      const token = parseSasToken(formatSasToken(resource, policy, expiry));
      expect(token).toMatchObject({
        resource: encodeURIComponent(resource),
        expiry,
        keyName: policy.name,
      });
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseSasToken(text)));
  fc.assert(
    fc.property(fc.string(), (text) => void parseSasToken(`SharedAccessSignature ${text}`)),
  );
});
