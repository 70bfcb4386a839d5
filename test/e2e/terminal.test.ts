import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { workplace } from "../support/program.ts";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
/** util-linux's `script` gives a program a terminal of its own. */
const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;

/** Runs the program on a terminal; resolves with all that the terminal got. */
async function onTerminal(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], TERM: "xterm", SHELL: "/bin/sh" },
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

test.skipIf(!hasScript)(
  "on a terminal a screen shows the run and is gone at its end, and the log is in run.log",
  async () => {
    await using place = await workplace();
    const where = ["--out", place.out, "--certs", place.certs, "--log-level", "trace"];
    const scenario = await place.scenario();
    const { code, text } = await onTerminal(["run", scenario, "--duration", "4s", ...where]);
    expect(code).toBe(0);
    const [before = "", after = "", ...more] = text.split("\u001B[?1049l");
    expect(more).toEqual([]);
    expect(before.split("\u001B[?1049h")).toHaveLength(2);
    expect(before.endsWith("\u001B[?25h")).toBe(true);
    expect(stripVTControlCharacters(before)).toContain("6 of 6 streaming");
    expect(stripVTControlCharacters(after)).toContain("\r\npassed\r\n");
    expect(parseSummary(JSON.parse(await place.result("summary.json"))).verdict).toBe("passed");

    const log = await place.result("run.log");
    const lines = log
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const run = { runId: expect.stringContaining("small"), component: "run" };
    const device = { workerId: expect.any(Number), deviceId: "cheesecave-device1" };
    expect(lines).toContainEqual(expect.objectContaining({ ...run, msg: "run judged", level: 30 }));
    for (const [level, msg] of [
      [20, "assigned by DPS"],
      [20, "hub connection opened"],
      [10, "message acknowledged"],
      [10, "desired properties received"],
    ] as const) {
      expect(lines).toContainEqual(expect.objectContaining({ ...device, level, msg }));
    }
    for (const component of ["worker", "emulator", "dps", "hub"]) {
      expect(lines).toContainEqual(expect.objectContaining({ component }));
    }
    expect(log).not.toMatch(/SharedAccessKey=(?!\[)|PRIVATE KEY|Bearer (?!\[)/);
  },
);
