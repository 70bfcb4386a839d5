import { generateKeyPairSync } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import type { LogLevel } from "../../../src/base/log.ts";
import { createLogger, redactLine } from "../../../src/base/log.ts";

function logging(level: LogLevel = "info") {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level, destination, fields: { component: "test", runId: "r1" } });
  return { log, lines };
}

const SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
const STRING = `HostName=h.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=${SECRET}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const keyLine = pem.split("\n")[1] ?? "";

test("a line has level, time, the logger's fields, those of the call and a constant message", () => {
  const { log, lines } = logging();
  log.child({ deviceId: "cave1" }).info({ durationMs: 12 }, "hub connection opened");
  const line: unknown = JSON.parse(lines[0] ?? "");
  expect(line).toMatchObject({
    level: 30,
    component: "test",
    runId: "r1",
    deviceId: "cave1",
    durationMs: 12,
    msg: "hub connection opened",
  });
  expect(line).toHaveProperty("time", expect.stringMatching(/^\d{4}-.*Z$/));
});

test.each([
  ["a field", { password: SECRET }],
  ["a nested field", { credentials: { passphrase: SECRET } }],
  ["a deep field", { a: { b: { c: { d: { sharedAccessKey: SECRET } } } } }],
  ["a list", { hubConnectionStrings: [STRING] }],
  ["an unnamed connection string", { given: STRING }],
  ["a SAS token", { header: `SharedAccessSignature sr=h&sig=${SECRET}&se=1` }],
  ["a bearer token", { header: `Bearer ${SECRET}` }],
  ["a basic authorization", { header: `Basic ${SECRET}` }],
  ["the URL of a proxy", { text: `connecting by http://me:${SECRET}@proxy:3128` }],
  ["an error's message", { err: new Error(`refused: ${STRING}`) }],
  ["an error's cause", { err: new Error("refused", { cause: new Error(STRING) }) }],
  ["an error's property", { err: Object.assign(new Error("refused"), { pem: SECRET }) }],
])("%s keeps its secret", (_where, fields) => {
  const { log, lines } = logging();
  log.info(fields, "told");
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain(SECRET);
  expect(lines[0]).toContain("[Redacted]");
  expect(() => void JSON.parse(lines[0] ?? "")).not.toThrow();
});

test.each([
  ["a field", { text: pem }],
  ["an error", { err: new Error(`cannot read ${pem}`) }],
  ["a text that is cut off", { text: pem.slice(0, 100) }],
  ["a child's binding", { nested: { text: `x ${pem} y` } }],
])("a private key in %s does not get through", (_where, fields) => {
  const { log, lines } = logging();
  log.child(fields).info(fields, "told");
  expect(lines[0]).not.toContain(keyLine);
  expect(() => void JSON.parse(lines[0] ?? "")).not.toThrow();
});

test("a line stays JSON, and one without secrets stays as it is", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      const line = JSON.stringify(fields);
      expect(() => void JSON.parse(redactLine(line))).not.toThrow();
    }),
  );
  const line = JSON.stringify({ hub: "h", keys: 3, msg: "monkey: sign=1 of 2" });
  expect(redactLine(line)).toBe(line);
});

test("what is below the level is not written", () => {
  const { log, lines } = logging("warn");
  log.info("no");
  log.warn("yes");
  expect(lines).toHaveLength(1);
});
