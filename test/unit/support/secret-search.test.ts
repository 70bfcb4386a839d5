import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { connectionStringSecrets, pemSecrets, secretSearch } from "../../support/secret-search.ts";

const value = 'x+/7"pa55 of the caves=';
const search = secretSearch([{ name: "the password", value }]);

test.each([
  ["as it is", value],
  ["in JSON", JSON.stringify({ a: value })],
  ["in a URL", `https://h/?p=${encodeURIComponent(value)}`],
  [
    "in a URL, in small letters",
    encodeURIComponent(value).replaceAll(/%../g, (code) => code.toLowerCase()),
  ],
  ["in hexadecimal", Buffer.from(value).toString("hex")],
  ["in a Basic login", `Basic ${Buffer.from(`me:${value}`).toString("base64")}`],
])("a planted secret is found %s", (_how, text) => {
  expect(search(`before ${text} after`)).toEqual(["the password"]);
});

test("it is found in base64 of both alphabets, whatever stands around it", () => {
  const around = fc.string({ maxLength: 9 });
  fc.assert(
    fc.property(
      around,
      around,
      fc.constantFrom("base64", "base64url"),
      (before, after, alphabet) => {
        const text = Buffer.from(`${before}${value}${after}`).toString(alphabet);
        expect(search(`{"body":"${text}"}`)).toEqual(["the password"]);
      },
    ),
  );
});

test("it is found in base64 that is cut into lines", () => {
  const text = Buffer.from(`before ${value} after`).toString("base64");
  expect(search(text.replaceAll(/.{7}/g, "$&\n"))).toEqual(["the password"]);
  expect(search(JSON.stringify(text.replaceAll(/.{7}/g, "$&\n")))).toEqual(["the password"]);
});

test("what is not there is not found", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(search(text)).toEqual([]);
    }),
  );
});

test.each([
  ["a private key", "-----BEGIN EC PRIVATE KEY-----"],
  ["a shared access key", "HostName=h;SharedAccessKey=AAAABBBBCCCC="],
  ["a signature", "SharedAccessSignature sr=h&sig=AbCdEfGhIjKlMnOpQrStUvWx%3D&se=1"],
])("%s is seen by its looks alone", (name, text) => {
  expect(search(text)).toEqual([name]);
  expect(search(text.replace(/=[A-Za-z]{8,}[^&]*/, "=[Redacted]").replace("PRIVATE", ""))).toEqual(
    [],
  );
});

test("every line of a key in PEM is one of its own", () => {
  const lines = ["A".repeat(64), "B".repeat(60)];
  const pem = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
  expect(pemSecrets("leaf", pem).map((secret) => secret.value)).toEqual(lines);
});

test("a secret that chance could bring is refused, and so is a connection string without one", () => {
  expect(() => secretSearch([{ name: "short", value: "1234567" }])).toThrow("short is too short");
  expect(() => connectionStringSecrets("hub", "HostName=h")).toThrow("hub has no key");
  expect(connectionStringSecrets("hub", "HostName=h;SharedAccessKey=abc=;x")).toEqual([
    { name: "hub", value: "abc=" },
  ]);
});
