import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { emulatorJsonSchema } from "../../../src/emulator-config/schema.ts";

test("docs/emulator.schema.json is what the code checks; if not, run `npm run build && npm run schemas`", () => {
  const file = new URL("../../../docs/emulator.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(emulatorJsonSchema())),
  );
});
