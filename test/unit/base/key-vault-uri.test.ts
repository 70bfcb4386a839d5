import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseKeyVaultUri } from "../../../src/base/key-vault-uri.ts";
import { secretPlace, secretRefOf } from "../../../src/base/secret-ref.ts";

const VERSION = "0123456789abcdef0123456789abcdef";

describe("the URI of a secret", () => {
  test("is taken apart, with and without version, in every cloud", () => {
    expect(parseKeyVaultUri("https://caves.vault.azure.net/secrets/pfx-password")).toEqual({
      vaultUrl: "https://caves.vault.azure.net",
      host: "caves.vault.azure.net",
      secret: "pfx-password",
      version: undefined,
      authorityHost: "https://login.microsoftonline.com",
    });
    expect(parseKeyVaultUri(`https://caves.vault.azure.cn/secrets/a/${VERSION}`)).toMatchObject({
      version: VERSION,
      authorityHost: "https://login.chinacloudapi.cn",
    });
    expect(parseKeyVaultUri("https://caves.vault.usgovcloudapi.net/secrets/a/")).toMatchObject({
      secret: "a",
      version: undefined,
      authorityHost: "https://login.microsoftonline.us",
    });
  });

  test.for([
    ["http://caves.vault.azure.net/secrets/a", "http"],
    ["https://caves.vault.azure.net/keys/a", "the URI of a key"],
    ["https://caves.vault.azure.net/certificates/a", "the URI of a certificate"],
    ["https://caves.vault.azure.net/secrets", "the path /secrets"],
    [`https://caves.vault.azure.net/secrets/a/${VERSION}/b`, "the path"],
    ["https://caves.vault.azure.net/secrets/a/1", "a version"],
    ["https://caves.vault.azure.net/secrets/a?sig=x", "a query"],
    ["https://u:p@caves.vault.azure.net/secrets/a", "a user"],
    ["https://caves.vault.azure.net.evil.example/secrets/a", "which is no vault's"],
    ["https://evil-vault.azure.net/secrets/a", "which is no vault's"],
    ["https://a.b.vault.azure.net/secrets/a", "which is no vault's"],
    ["https://caves.vault.azure.net:8443/secrets/a", "which is no vault's"],
  ])("%s is refused as what it is", ([text, got]) => {
    expect(parseKeyVaultUri(text ?? "")).toEqual({ problem: expect.stringContaining(got ?? "") });
  });

  test("no text makes it throw, and one that is no URI is not shown", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (text) => {
        const parsed = parseKeyVaultUri(text);
        const told = "problem" in parsed ? parsed.problem : ", got the secret";
        expect(told).toMatch(/, got (something else|the |a |http)/);
      }),
    );
    expect(parseKeyVaultUri("hunter2")).toEqual({
      problem: expect.not.stringContaining("hunter2"),
    });
  });
});

test("an option that names a file takes a URI in its place", () => {
  const uri = "https://caves.vault.azure.net/secrets/a";
  expect(secretRefOf("secrets/dps.txt")).toEqual({ file: "secrets/dps.txt" });
  expect(secretRefOf(uri)).toEqual({ keyVault: uri });
  const places = [{ env: "A" }, secretRefOf("b.txt"), secretRefOf(uri)].map(secretPlace);
  expect(places).toEqual(["A", "b.txt", uri]);
});
