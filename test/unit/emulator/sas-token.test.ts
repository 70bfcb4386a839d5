import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isExpired,
  isSignedWith,
  parseSasToken,
  percentDecoded,
  sasSignature,
} from "../../../src/emulator/sas-token.ts";

// Of one length: HMAC fills a shorter key with zeros.
const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const resource = fc.stringMatching(/^[A-Za-z0-9%./_:-]{1,80}$/);
const expiry = fc.integer({ min: 0, max: 9_999_999_999 });

test("the signature is the one of Microsoft's sample for a device with a symmetric key", () => {
  // Microsoft Learn, "How to use symmetric keys with DPS over HTTPS", the token for the hub.
  const sr = encodeURIComponent("MyExampleHub.azure-devices.net/devices/my-symkey-device");
  const sampleKey =
    "18RQk/hOPJR9EbsJlk2j8WA6vWaj/yi+oaYg7zmxfQNdOyMSu+SJ8O7TSlZhDJCYmn4rzEiVKIzNiVAWjLxrGA==";
  expect(sasSignature(sr, 1_663_119_026, sampleKey)).toBe(
    "f+wW8XOKeJOtiPc9Iwjc4OpExvPM7NlhM9qxN2a1aAM=",
  );
});

test("a token opens with the key that signed it, over the resource as it was sent, and with no other", () => {
  fc.assert(
    fc.property(resource, expiry, key, key, (sr, se, mine, other) => {
      const sig = encodeURIComponent(sasSignature(sr, se, mine));
      const token = parseSasToken(`SharedAccessSignature sig=${sig}&se=${se}&sr=${sr}`);
      if (token === undefined) throw new Error("not read");
      expect(token).toMatchObject({ resource: sr, expiry: se, keyName: undefined });
      expect(isSignedWith(token, mine)).toBe(true);
      expect(isSignedWith(token, other)).toBe(other === mine);
      expect(isSignedWith({ ...token, expiry: se + 1 }, mine)).toBe(false);
      expect(isSignedWith({ ...token, resource: `${sr}x` }, mine)).toBe(false);
    }),
  );
});

test.for([
  ["no resource", "SharedAccessSignature sig=a&se=1"],
  ["no signature", "SharedAccessSignature sr=a&se=1"],
  ["no expiry", "SharedAccessSignature sr=a&sig=b"],
  ["an expiry that is no number", "SharedAccessSignature sr=a&sig=b&se=x"],
  ["a key name that cannot be decoded", "SharedAccessSignature sr=a&sig=b&se=1&skn=%zz"],
  ["another scheme", "Bearer sr=a&sig=b&se=1"],
  ["nothing", ""],
])("a token with %s is none", ([, text]) => {
  expect(parseSasToken(text ?? "")).toBeUndefined();
});

test("a token is over when its time and the tolerance for clocks are", () => {
  const token = { resource: "r", signature: "s", expiry: 1000, keyName: undefined };
  expect(isExpired(token, 1_300_000, 300)).toBe(false);
  expect(isExpired(token, 1_300_001, 300)).toBe(true);
});

test("percent-encodings are read in both cases, and nothing makes it throw", () => {
  expect(percentDecoded("a%2fb%2Fc")).toBe("a/b/c");
  fc.assert(fc.property(fc.string(), (text) => void percentDecoded(text)));
});
