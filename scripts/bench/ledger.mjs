// CPU microseconds of one ingested message in a run's ledger, as the emulator's stream tells it, against parsing its line
// alone; and the heap that 10,000 devices take there after 100 messages each. Prints a JSON line for each.
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Ledger } from "../../dist/src/run/ledger.js";

const DEVICES = 10_000;
const MESSAGES = 100;
const ROUNDS = 5;

const ids = Array.from({ length: DEVICES }, (_, index) => `cheesecave-device${index + 1}`);
const lineOf = (deviceId, seq) =>
  JSON.stringify({
    sequence: seq,
    hub: "cheesecave-hub.azure-devices.net",
    deviceId,
    boot: 1,
    seq,
    enqueuedMs: 1_790_000_000_000 + seq,
    createdMs: 1_790_000_000_000,
  });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Microseconds of each message. */
function round(take) {
  let spentMs = 0;
  for (let seq = 1; seq <= MESSAGES; seq += 1) {
    const lines = ids.map((id) => lineOf(id, seq));
    const startMs = performance.now();
    for (const line of lines) take(JSON.parse(line));
    spentMs += performance.now() - startMs;
  }
  return (spentMs * 1_000) / (DEVICES * MESSAGES);
}

const plain = [];
const ours = [];
for (let turn = 0; turn < ROUNDS; turn += 1) {
  let sum = 0;
  plain.push(round(({ seq }) => (sum += seq)));
  const ledger = new Ledger(ids);
  ours.push(round((message) => ledger.ingest(message)));
}
const [ours_us, plain_us] = [median(ours), median(plain)];
const figure = (value, digits) => Number(value.toFixed(digits));
process.stdout.write(
  `${JSON.stringify({
    name: "ledger: microseconds a message, against its parsing",
    ours: `${figure(ours_us, 2)} µs`,
    plain: `${figure(plain_us, 2)} µs`,
    ratio: figure(ours_us / plain_us, 2),
    per_core_s: Math.round(1e6 / ours_us),
  })}\n`,
);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
collect();
const before = process.memoryUsage().heapUsed;
const ledger = new Ledger(ids);
round((message) => ledger.ingest(message));
collect();
const bytes = (process.memoryUsage().heapUsed - before) / DEVICES;
ledger.close([]);
process.stdout.write(
  `${JSON.stringify({ name: "ledger: heap of a device that lost nothing", ours_s: `${Math.round(bytes)} bytes` })}\n`,
);
