import fc from "fast-check";
import { expect, test } from "vitest";
import { HUB_POLICIES, newPolicies } from "../../../../../src/emulator/access-policy.ts";
import { newSymmetricKey } from "../../../../../src/emulator/dps/symmetric-keys.ts";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import { provenByToken } from "../../../../../src/emulator/hub/login/token-login.ts";
import { sasSignature } from "../../../../../src/emulator/sas-token.ts";
import { surroundingsFrom } from "../../../../../src/emulator/surroundings.ts";

const NOW_S = 1_700_000_000;
const hub = {
  hostName: "hub.azure-devices.net",
  policies: newPolicies(HUB_POLICIES),
  around: surroundingsFrom({ limits: { sasClockSkewS: 300 }, clock: () => NOW_S * 1000 }),
};
const credential = {
  type: "sas",
  primaryKey: newSymmetricKey(),
  secondaryKey: newSymmetricKey(),
} as const;

// Source: Microsoft Learn, "Understand the identity registry in your IoT hub", "Device identity properties".
const deviceIds = fc.stringMatching(/^[A-Za-z0-9\-.%_*?!(),:;=@$'+#]{1,40}$/);

interface Parts {
  readonly sr: string;
  readonly key: string;
  readonly expiry: number;
  readonly keyName?: string;
}

function tokenOf({ sr, key, expiry, keyName }: Parts): string {
  const signature = encodeURIComponent(sasSignature(sr, expiry, key));
  const skn = keyName === undefined ? "" : `&skn=${keyName}`;
  return `SharedAccessSignature sr=${sr}&sig=${signature}&se=${expiry}${skn}`;
}

/** The number of the refusal, or the login. */
function outcomeOf(deviceId: string, password: string | undefined): unknown {
  try {
    return provenByToken(hub, { deviceId, credential }, password);
  } catch (error) {
    if (error instanceof ServiceFault) return error.code;
    throw error;
  }
}

test("every device id is let in by its own token, encoded once, twice or not at all", () => {
  fc.assert(
    fc.property(deviceIds, fc.boolean(), fc.integer({ min: 1, max: 1e6 }), (id, second, leftS) => {
      const key = second ? credential.secondaryKey : credential.primaryKey;
      const expiry = NOW_S + leftS;
      const path = `${hub.hostName}/devices/`;
      const encodedId = encodeURIComponent(id);
      for (const sr of [path + encodedId, encodeURIComponent(path + encodedId)])
        expect(outcomeOf(id, tokenOf({ sr, key, expiry }))).toEqual({
          method: "deviceToken",
          expiresMs: (expiry + 300) * 1000,
        });
    }),
  );
});

test("a token with any character of its resource or expiry changed is refused", () => {
  const sr = encodeURIComponent(`${hub.hostName}/devices/dev`);
  const token = tokenOf({ sr, key: credential.primaryKey, expiry: NOW_S + 600 });
  const places = [
    ...Array.from(sr, (_, at) => token.indexOf(sr) + at),
    ...Array.from(String(NOW_S), (_, at) => token.indexOf("se=") + 3 + at),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom("a", "Z", "0", "9", "%", "/", "&", "=", " "),
      (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(outcomeOf("dev", changed)).toBe(401003);
      },
    ),
  );
});

test("no text is let in but a token, and none makes the hub fail", () => {
  const sr = `${hub.hostName}/devices/dev`;
  const good = tokenOf({ sr, key: credential.primaryKey, expiry: NOW_S + 600 });
  const pieces = fc.array(
    fc.oneof(fc.string(), fc.constantFrom("sr=", "&sig=", "&se=1", "&skn=device", sr, "%zz")),
  );
  fc.assert(
    fc.property(pieces, (texts) => {
      const text = texts.join("");
      expect(outcomeOf("dev", text)).toBe(401003);
      expect(outcomeOf("dev", `SharedAccessSignature ${text}`)).toBe(401003);
    }),
  );
  expect(outcomeOf("dev", good)).toMatchObject({ method: "deviceToken" });
});

test("a policy opens every device by its name if it has DeviceConnect, else it is refused by 401002", () => {
  fc.assert(
    fc.property(deviceIds, fc.constantFrom(...hub.policies), fc.boolean(), (id, policy, second) => {
      const key = second ? policy.secondaryKey : policy.primaryKey;
      const expiry = NOW_S + 600;
      const given = { sr: hub.hostName, key, expiry };
      expect(outcomeOf(id, tokenOf({ ...given, keyName: policy.name }))).toEqual(
        policy.rights.includes("DeviceConnect")
          ? { method: "policyToken", expiresMs: (expiry + 300) * 1000 }
          : 401002,
      );
      expect(outcomeOf(id, tokenOf(given))).toBe(401003);
      expect(outcomeOf(id, tokenOf({ ...given, keyName: policy.name.toUpperCase() }))).toBe(401003);
    }),
  );
});

test("a token is good for 300 s after its end, for clocks that differ, and not for one more", () => {
  const sr = `${hub.hostName}/devices/dev`;
  const endingAt = (expiry: number) => tokenOf({ sr, key: credential.primaryKey, expiry });
  expect(outcomeOf("dev", endingAt(NOW_S - 300))).toMatchObject({ expiresMs: NOW_S * 1000 });
  expect(outcomeOf("dev", endingAt(NOW_S - 301))).toBe(401003);
});

test("empty keys sign nothing, and a device without a key of its own has no token", () => {
  const sr = `${hub.hostName}/devices/dev`;
  const token = tokenOf({ sr, key: "", expiry: NOW_S + 600 });
  for (const keyless of [
    { type: "sas", primaryKey: "", secondaryKey: "" },
    { type: "none" },
  ] as const)
    expect(() => provenByToken(hub, { deviceId: "dev", credential: keyless }, token)).toThrow(
      "not signed with a device key",
    );
});
