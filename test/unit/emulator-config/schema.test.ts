import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { emulatorConfigSchema, emulatorJsonSchema } from "../../../src/emulator-config/schema.ts";

test("docs/emulator.schema.json is what the code checks; if not, run `npm run build && npm run schemas`", () => {
  const file = new URL("../../../docs/emulator.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(emulatorJsonSchema())),
  );
});

test("docs/emulator.md has every key of a configuration", () => {
  const page = readFileSync(new URL("../../../docs/emulator.md", import.meta.url), "utf8");
  const { shape } = emulatorConfigSchema;
  const keys = [
    ...Object.keys(shape).filter((key) => key !== "$schema"),
    ...Object.keys(shape.hubs.unwrap().element.shape),
    ...Object.keys(shape.hubs.unwrap().element.shape.devices.unwrap().element.shape),
    ...Object.keys(shape.enrollments.unwrap().element.shape),
    ...Object.keys(shape.enrollmentGroups.unwrap().element.shape),
  ];
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});

test("the schema tells Azure's limits, and asks for nothing", () => {
  expect(emulatorJsonSchema()).toMatchObject({
    properties: { limits: { properties: { retryAfterS: { default: 3 } } } },
    additionalProperties: false,
  });
  expect(emulatorJsonSchema()).not.toHaveProperty("required");
});
