// Writes what docs/ has from the built program, JSON Schemas and pages: `npm run schemas`.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { format } from "prettier";

const root = new URL("../", import.meta.url);

/** Module of the build, its export, and the file that holds what it returns. */
const WRITTEN = [
  ["dist/src/scenario/schema.js", "scenarioJsonSchema", "docs/scenario.schema.json"],
  ["dist/src/emulator-config/schema.js", "emulatorJsonSchema", "docs/emulator.schema.json"],
  ["dist/src/output/summary-schema.js", "summaryJsonSchema", "docs/summary.schema.json"],
  ["dist/scripts/faults-page.js", "faultsPage", "docs/faults.md"],
  ["dist/scripts/metrics-page.js", "metricsPage", "docs/metrics.md"],
];

for (const [module, name, file] of WRITTEN) {
  if (!existsSync(new URL(module, root))) {
    process.stderr.write(`${module} is missing: build first (npm run build)\n`);
    process.exitCode = 1;
    continue;
  }
  const { [name]: contentOf } = await import(new URL(module, root).href);
  const content = contentOf();
  const text = await (typeof content === "string"
    ? format(content, { parser: "markdown", printWidth: 100 })
    : format(JSON.stringify(content), { parser: "json", printWidth: 100 }));
  await writeFile(new URL(file, root), text);
  process.stderr.write(`wrote ${file}\n`);
}
