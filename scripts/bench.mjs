/**
 * `npm run bench`: each row in a process of its own, as a table and, with `--json`, as JSON lines. A ratio compares two
 * works of one run on one machine: trust it rather than the times. `npm run bench -- leaf` runs the rows so named,
 * `npm run bench emulator` those whose names begin with `emulator-`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROWS = [
  "leaf",
  "model-step",
  "ledger",
  "device-cpu",
  "device-websocket",
  "start",
  "emulator-accept",
  "emulator-telemetry",
  "emulator-kept",
  "emulator-memory",
  "emulator-growth",
];
const named = (word) => ROWS.filter((row) => row === word || row.startsWith(`${word}-`));
const json = process.argv.includes("--json");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = wanted.filter((word) => named(word).length === 0);
if (unknown.length > 0) {
  process.stderr.write(`bench: no row ${unknown.join(", ")}; there are ${ROWS.join(", ")}\n`);
  process.exit(2);
}

for (const row of wanted.length > 0 ? new Set(wanted.flatMap(named)) : ROWS) {
  const file = fileURLToPath(new URL(`./bench/${row}.mjs`, import.meta.url));
  const result = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (result.status !== 0) {
    process.stderr.write(`bench: ${row} failed\n`);
    process.exitCode = 1;
    continue;
  }
  for (const line of result.stdout.trim().split("\n")) {
    if (json) process.stdout.write(`${line}\n`);
    else process.stdout.write(`${describe(JSON.parse(line))}\n`);
  }
}

function describe({ name, ratio, ours_s: seconds, ...figures }) {
  if (ratio === undefined) return `${name.padEnd(52)} ${seconds}`;
  const { ours = figures.ours_ms, plain = figures.plain_ms, per_core_s: perCoreS } = figures;
  const rate = perCoreS === undefined ? "" : `, ${perCoreS} a second on one core`;
  return `${name.padEnd(52)} ${ours} against ${plain}: ${ratio} x${rate}`;
}
