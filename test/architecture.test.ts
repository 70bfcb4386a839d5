import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";

/** Who may import whom. A key is a folder or a file; the longest key that matches a path rules it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/model/model.ts": [],
  "src/base": [],
  "src/metrics": ["src/base"],
  "src/secrets": ["src/base"],
  "src/pki": ["src/base", "src/secrets"],
  "src/model": ["src/base", "src/model/model.ts"],
  "src/control": ["src/base", "src/metrics"],
  "src/scenario": ["src/base", "src/metrics"],
  "src/output": ["src/base", "src/metrics"],
  "src/results": ["src/base", "src/metrics", "src/output"],
  "src/report": ["src/base", "src/metrics", "src/output", "src/results"],
  "src/telemetry-export": ["src/base", "src/metrics"],
  "src/plan": ["src/base", "src/metrics", "src/scenario"],
  "src/device": [
    "src/base",
    "src/metrics",
    "src/model/model.ts",
    "src/model/model-files.ts",
    "src/model/model-shape.ts",
    "src/pki",
    "src/plan",
    "src/secrets",
  ],
  "src/service": ["src/base", "src/pki"],
  "src/worker": ["src/base", "src/metrics", "src/model", "src/pki", "src/plan", "src/device"],
  "src/supervisor": ["src/base", "src/metrics", "src/plan", "src/worker/protocol.ts"],
  "src/run": [
    "src/base",
    "src/metrics",
    "src/model",
    "src/pki",
    "src/secrets",
    "src/scenario",
    "src/plan",
    "src/control",
    "src/supervisor",
    "src/service",
    "src/output",
    "src/results",
    "src/report",
    "src/emulator-config",
    "src/telemetry-export",
    "src/worker/protocol.ts",
  ],
  "src/doctor": [
    "src/base",
    "src/secrets",
    "src/pki",
    "src/scenario",
    "src/plan",
    "src/output",
    "src/service",
    "src/run",
  ],
  "src/emulator": ["src/base"],
  "src/embed": ["src/base", "src/pki", "src/emulator/emulator.ts"],
  "src/emulator-config": [
    "src/base",
    "src/pki",
    "src/scenario/fields.ts",
    "src/emulator/emulator.ts",
  ],
  "src/cli/emulator": [
    "src/base",
    "src/pki",
    "src/emulator-config",
    "src/scenario/fields.ts",
    "src/service/emulator-file.ts",
    "src/emulator/emulator.ts",
    "src/cli",
  ],
  "src/cli": [
    "src/base",
    "src/metrics",
    "src/model",
    "src/pki",
    "src/secrets",
    "src/scenario",
    "src/plan",
    "src/control",
    "src/supervisor",
    "src/service",
    "src/output",
    "src/results",
    "src/report",
    "src/run",
    "src/telemetry-export/otlp-url.ts",
    "src/telemetry-export/scrape-address.ts",
    "src/doctor",
    "src/cli/emulator",
  ],
  "src/main.ts": ["src/base", "src/cli"],
  "devices/shared": ["src/model/model.ts", "src/base/nearest.ts"],
  devices: ["src/model/model.ts", "devices/shared"],
};

const ownerOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter((key) => path === key || path.startsWith(`${key}/`))
    .toSorted((a, b) => b.length - a.length)[0];

function violationsIn(file: string): string[] {
  const owner = ownerOf(file);
  if (owner === undefined) return [`${file} belongs to no layer`];
  const specifiers = readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g);
  return [...specifiers]
    .map(([, specifier]) => posix.join(posix.dirname(file), specifier ?? ""))
    .filter((target) => ownerOf(target) !== owner)
    .filter(
      (target) => !MAY_IMPORT[owner]?.some((ok) => target === ok || target.startsWith(`${ok}/`)),
    )
    .map((target) => `${file} must not import ${target}`);
}

test("imports follow the layer table", () => {
  const files = ["src", "devices"].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${root}/${name}`),
  );
  expect(files.flatMap(violationsIn)).toEqual([]);
});
