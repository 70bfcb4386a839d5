import fc from "fast-check";
import { expect, test } from "vitest";
import { HUB_POLICIES, newPolicies, policyOf } from "../../../src/emulator/access-policy.ts";
import { parseSasToken } from "../../../src/emulator/sas-token.ts";
import { formatSasToken } from "../../support/sas-token.ts";

const policies = newPolicies(HUB_POLICIES);
const [owner] = policies;
const signer = { name: "iothubowner", key: owner?.primaryKey ?? "" };
const NOW_S = 1_800_000_000;
const hostName = "hub.azure-devices.net";
const rules = { policies, nowMs: NOW_S * 1000, clockSkewS: 300 };

const opened = (token: string, resource = hostName): string | undefined => {
  const parsed = parseSasToken(token);
  return parsed === undefined ? undefined : policyOf(parsed, resource, rules)?.name;
};

test("a token that was made for a name opens it, in any case of the name", () => {
  expect(opened(formatSasToken(hostName, signer, NOW_S + 60))).toBe("iothubowner");
  expect(opened(formatSasToken("HUB.azure-devices.net", signer, NOW_S + 60))).toBe("iothubowner");
});

test("either key of a policy signs for it", () => {
  for (const { name, primaryKey, secondaryKey } of policies)
    for (const key of [primaryKey, secondaryKey])
      expect(opened(formatSasToken(hostName, { name, key }, NOW_S))).toBe(name);
});

test("a token opens what is below its resource, by whole segments", () => {
  const token = formatSasToken(`${hostName}/devices/d1`, signer, NOW_S);
  expect(opened(token, `${hostName}/devices/d1`)).toBe("iothubowner");
  expect(opened(token, `${hostName}/devices/d1/messages`)).toBe("iothubowner");
  for (const resource of [hostName, `${hostName}/devices`, `${hostName}/devices/d12`])
    expect(opened(token, resource)).toBeUndefined();
});

test("the members of a token may stand in any order", () => {
  const token = formatSasToken(hostName, signer, NOW_S).replace(
    /^SharedAccessSignature (.*)$/,
    (_all, members: string) => `SharedAccessSignature ${members.split("&").toReversed().join("&")}`,
  );
  expect(opened(token)).toBe("iothubowner");
});

test.for([
  ["another key", formatSasToken(hostName, { ...signer, key: "AAAA" }, NOW_S)],
  ["another policy", formatSasToken(hostName, { ...signer, name: "device" }, NOW_S)],
  ["no policy", formatSasToken(hostName, { ...signer, name: undefined }, NOW_S)],
  ["another resource", formatSasToken("other.azure-devices.net", signer, NOW_S)],
  ["a time too long ago", formatSasToken(hostName, signer, NOW_S - 301)],
  ["no token", "Bearer x"],
] as const)("%s opens nothing", ([, token]) => {
  expect(opened(token)).toBeUndefined();
});

test("a token is good a little past its end, for clocks that differ", () => {
  expect(opened(formatSasToken(hostName, signer, NOW_S - 299))).toBe("iothubowner");
});

test("parsing undoes formatting, and parsing any text never throws", () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.integer({ min: 0, max: 9_999_999_999 }), (resource, expiry) => {
      const token = parseSasToken(formatSasToken(resource, signer, expiry));
      expect(token).toMatchObject({
        resource: encodeURIComponent(resource),
        expiry,
        keyName: signer.name,
      });
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseSasToken(text)));
  fc.assert(
    fc.property(fc.string(), (text) => void parseSasToken(`SharedAccessSignature ${text}`)),
  );
});
