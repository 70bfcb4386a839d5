// Loaded before the program into every process of a soaked run (`NODE_OPTIONS=--import`), so that the program itself
// knows nothing of being measured. Answers questions over a socket, each in a line of JSON; does nothing unasked.
import { readdirSync, readlinkSync } from "node:fs";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString, writeHeapSnapshot } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { countObjects } from "./count-objects.ts";
import type { Held, Hello, Question } from "./held.ts";
import { question, SOCKET_VARIABLE } from "./held.ts";
import { plantLeak } from "./planted-leak.ts";

const socketPath = process.env[SOCKET_VARIABLE];

function roleOf([, script = "", command]: readonly string[]): Hello["role"] | undefined {
  if (script.endsWith("worker.js")) return "worker";
  if (!script.endsWith("main.js")) return undefined;
  return command === "emulator" ? "emulator" : "supervisor";
}

function exposedGc(): () => void {
  // `NODE_OPTIONS` does not take --expose-gc.
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc !== "function") throw new TypeError("V8 exposes no gc");
  return () => void Reflect.apply(gc, undefined, []);
}

/** Open files by what they are; empty where the system does not tell. */
function openFiles(): Record<string, number> {
  const found: Record<string, number> = {};
  let names: readonly string[];
  try {
    names = readdirSync("/proc/self/fd");
  } catch {
    return found;
  }
  for (const name of names) {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      const kind = /^(socket|pipe|anon_inode)/.exec(target)?.[0] ?? "file";
      found[`open ${kind}`] = (found[`open ${kind}`] ?? 0) + 1;
    } catch {
      // The folder itself, which was open while it was read.
    }
  }
  return found;
}

function handles(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    found[`handle ${name}`] = (found[`handle ${name}`] ?? 0) + 1;
  }
  return found;
}

/** Moments at which memory is looked at: together they are longer than the second in which a run gathers and tells. */
const MOMENTS = 5;
const APART_MS = 250;

async function look(gc: () => void, { counts, snapshot, leakBytes }: Question): Promise<Held> {
  if (leakBytes !== undefined) plantLeak(leakBytes);
  const moments: { readonly heapBytes: number; readonly externalBytes: number }[] = [];
  gc();
  for (let moment = 0; moment < MOMENTS; moment++) {
    // What finalizers let go of in this time, the next collection finds.
    await sleep(APART_MS);
    gc();
    // Buffers that a collection has found dead are counted until the next.
    gc();
    const { heapUsed, external } = process.memoryUsage();
    moments.push({ heapBytes: heapUsed, externalBytes: external });
  }
  const held = {
    heapBytes: Math.min(...moments.map(({ heapBytes }) => heapBytes)),
    externalBytes: Math.min(...moments.map(({ externalBytes }) => externalBytes)),
    rssBytes: process.memoryUsage.rss(),
  };
  if (snapshot !== undefined) writeHeapSnapshot(snapshot);
  if (!counts) return held;
  return { ...held, counts: { ...openFiles(), ...handles(), ...countObjects() } };
}

/**
 * V8 compiles and drops code for hours, by megabytes, which is neither the program's nor a leak: here it only
 * interprets, and keeps what it has read.
 */
const STEADY_CODE = ["--no-opt", "--no-sparkplug", "--no-flush-bytecode"];

function answerQuestions(path: string, role: Hello["role"]): void {
  const gc = exposedGc();
  const socket = createConnection(path);
  const say = (line: Hello | Held): void => void socket.write(`${JSON.stringify(line)}\n`);
  // A process must end as if nobody looked.
  socket.unref();
  socket.on("error", () => socket.destroy());
  say({ pid: process.pid, role });
  createInterface({ input: socket }).on("line", (line) => {
    void look(gc, question.parse(JSON.parse(line))).then(say);
  });
}

const role = isMainThread ? roleOf(process.argv) : undefined;
if (socketPath !== undefined && role !== undefined) {
  for (const flag of STEADY_CODE) setFlagsFromString(flag);
  answerQuestions(socketPath, role);
}
