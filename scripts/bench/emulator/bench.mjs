// What the emulator's rows share: a fleet in a folder that goes away, and a server with clients around it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFleet } from "./fleet.mjs";
import { startProcess } from "./process.mjs";

const round = (value) => Math.round(value * 1000) / 1000;
export const MiB = 1024 * 1024;

/** Calls `work` with a fleet of so many devices, and prints the rows that it gives. */
export async function rows(devices, work) {
  const dir = mkdtempSync(join(tmpdir(), "dps-fleet-bench-"));
  try {
    const fleet = await writeFleet(dir, devices);
    for (const row of await work(fleet)) process.stdout.write(`${JSON.stringify(row)}\n`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Calls `work` with a server of a kind (`emulator` or `plain`) and client processes that know it; all are ended then.
 *
 * @param kind a question of host.mjs
 */
export async function withServer({ kind, fleet, clients, limits, execArgv }, work) {
  const server = startProcess("host.mjs", { execArgv });
  const started = [server];
  try {
    const { port } = await server.ask(kind, { fleet, limits });
    const loaded = Array.from({ length: clients }, () => startProcess("clients.mjs"));
    started.push(...loaded);
    await Promise.all(loaded.map((one) => one.ask("load", { fleet, port })));
    return await work({ kind, server, clients: loaded });
  } finally {
    await Promise.all(started.map((one) => one.end()));
  }
}

/**
 * CPU of the processes of two servers, in ms, for `work` with one client process: the medians of rounds that alternate
 * between the two.
 *
 * @param kinds questions of host.mjs; the emulator against the bare server unless told otherwise
 */
export function cpuOfBoth(fleet, roundCount, prepare, work, kinds = ["emulator", "plain"]) {
  const [ours, plain] = kinds;
  const cpuMs = { [ours]: [], [plain]: [] };
  const measure = async (one) => {
    const before = await one.server.ask("usage");
    await work(one);
    const after = await one.server.ask("usage");
    cpuMs[one.kind].push(after.cpuMs - before.cpuMs);
  };
  return withServer({ kind: ours, fleet, clients: 1 }, (first) =>
    withServer({ kind: plain, fleet, clients: 1 }, async (second) => {
      for (const one of [first, second]) await prepare(one);
      for (let n = 0; n < roundCount; n += 1) for (const one of [first, second]) await measure(one);
      return { ours: median(cpuMs[ours]), plain: median(cpuMs[plain]) };
    }),
  );
}

/** One line of the table. */
export function ratioRow(name, ours, plain) {
  return { name, ours: round(ours), plain: round(plain), ratio: round(ours / plain) };
}

/** Deals `count` devices out to the clients, and asks each of them for its part. */
export function askEach(clients, count, question, details) {
  const share = Math.ceil(count / clients.length);
  return Promise.all(
    clients.map((client, n) =>
      client.ask(question, { ...details, from: n * share, to: Math.min(count, (n + 1) * share) }),
    ),
  );
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
