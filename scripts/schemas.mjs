// Writes the JSON Schemas under docs/ from the built program: `npm run schemas`.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { format } from "prettier";

const root = new URL("../", import.meta.url);

/** Module of the build, its export, and the file that holds what it returns. */
const SCHEMAS = [
  ["dist/src/scenario/schema.js", "scenarioJsonSchema", "docs/scenario.schema.json"],
  ["dist/src/emulator-config/schema.js", "emulatorJsonSchema", "docs/emulator.schema.json"],
  ["dist/src/output/summary-schema.js", "summaryJsonSchema", "docs/summary.schema.json"],
];

for (const [module, name, file] of SCHEMAS) {
  if (!existsSync(new URL(module, root))) {
    process.stderr.write(`${module} is missing: build first (npm run build)\n`);
    process.exitCode = 1;
    continue;
  }
  const { [name]: schemaOf } = await import(new URL(module, root).href);
  const text = await format(JSON.stringify(schemaOf()), { parser: "json", printWidth: 100 });
  await writeFile(new URL(file, root), text);
  process.stderr.write(`wrote ${file}\n`);
}
