import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { z } from "zod";

/** Whether Debian's Prometheus is there, promtool with it. Tests with it are skipped without it. */
export const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;

/** What promtool says against a file of Prometheus, or against metrics on stdin; empty where nothing is wrong. */
export function promtoolProblems(args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

const series = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string().transform(Number)]),
});
const answer = z.object({ data: z.object({ result: z.array(series) }) });
const log = z.object({ msg: z.string().optional(), address: z.string().optional() });

/** Between two looks at what Prometheus has scraped, and for how long they go on. */
const LOOK_MS = 100;
const LOOKS = 300;

/** A Prometheus that scrapes for a test, on the loopback address. */
export interface PrometheusServer extends AsyncDisposable {
  /** The values of an expression by one of its labels, now. */
  query(expression: string, label?: string): Promise<ReadonlyMap<string, number>>;
  /** Resolves once the expression has the value; rejects with its last one if it never does. */
  until(expression: string, value: number): Promise<void>;
}

/** @param jobs `scrape_configs` */
export async function startPrometheus(
  dir: string,
  jobs: readonly object[],
): Promise<PrometheusServer> {
  const file = join(dir, "prometheus.yml");
  await writeFile(file, stringify({ global: { scrape_interval: "1s" }, scrape_configs: jobs }));
  const problems = promtoolProblems(["check", "config", file]);
  if (problems !== "") throw new Error(problems);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, "tsdb")}`,
      "--web.listen-address=127.0.0.1:0",
      "--log.format=json",
    ],
    { cwd: dir, stdio: ["ignore", "ignore", "pipe"] },
  );
  const closed = once(child, "close");
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    const told = log.parse(JSON.parse(line));
    if (told.msg === "Listening on") address = told.address;
    if (address !== undefined) break;
  }
  // Nobody reads on, and it must not wait for that.
  child.stderr.resume();
  if (address === undefined) throw new Error("prometheus ended before it listened");
  const query: PrometheusServer["query"] = async (expression, label = "__name__") => {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const { data } = answer.parse(await (await fetch(url)).json());
    return new Map(data.result.map(({ metric, value }) => [metric[label] ?? "", value[1]]));
  };
  return {
    query,
    until: async (expression, value) => {
      let last: number | undefined;
      for (let look = 0; look < LOOKS; look += 1) {
        last = [...(await query(expression)).values()][0];
        if (last === value) return;
        await pause(LOOK_MS);
      }
      throw new Error(`${expression} is ${last}, not ${value}`);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
