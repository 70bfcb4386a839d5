// The fleet's side of the rows about devices: hosts the shard that comes on stdin until every device has so many
// messages acknowledged, and prints the CPU and the memory that took.
import { readFileSync } from "node:fs";
import { silentLogger } from "../../../dist/src/base/log.js";
import { WorkerHost } from "../../../dist/src/worker/host.js";
import { parseWorkerCommand } from "../../../dist/src/worker/worker-command.js";

const RATE_PER_S = 40;
const {
  dir,
  ids,
  info,
  transport = "mqtt",
  intervalMs = 60_000,
  messages = 1,
} = JSON.parse(readFileSync(0, "utf8"));
const acked = new Map();
const before = process.cpuUsage();
const cpuMs = () => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
/** Resolves with the CPU when every device has so many acknowledged. */
const waits = [];
const allHave = (count) => new Promise((resolve) => waits.push({ count, resolve }));
const look = () => {
  for (const { count, resolve } of waits) {
    const done = acked.size === ids.length && [...acked.values()].every((had) => had >= count);
    if (done) resolve(cpuMs());
  }
};
// As over IPC: a member that shards have got since is told by its name.
const { shard } = parseWorkerCommand({
  type: "start",
  shard: {
    runId: "bench",
    worker: 0,
    boot: 1,
    seed: 1,
    devices: ids.map((registrationId, index) => ({
      index,
      registrationId,
      model: "cheese-cave",
      settings: {},
      credentials: { format: "pem" },
      telemetry: { intervalMs, jitter: 0 },
      startMs: (index / RATE_PER_S) * 1000,
    })),
    alerts: [],
    phases: [],
    timeScale: 1,
    certsDir: dir,
    modelsDir: dir,
    endpoints: {
      provisioningHost: info.provisioningHost,
      idScope: info.idScope,
      caPem: readFileSync(info.caFile, "utf8"),
      connectTo: [
        { host: "", port: 443, address: info.address, toPort: info.httpsPort },
        { host: "", address: info.address, toPort: info.mqttPort },
      ],
      transport,
    },
    saveMessages: false,
    snapshotIntervalMs: 100,
    logLevel: "silent",
  },
});
const host = await WorkerHost.load({
  shard,
  env: {},
  log: silentLogger(),
  wallMs: () => performance.timeOrigin + performance.now(),
  resources: () => ({ cpuS: 0, rssBytes: 0 }),
  onSnapshot: (snapshot) => {
    for (const row of snapshot.devices) {
      if (row.acked > 0) acked.set(row.registrationId, row.acked);
      if (row.state === "failed") throw new Error(`${row.registrationId}: ${row.error}`);
    }
    look();
  },
});
const connected = allHave(1);
const sent = allHave(messages);
host.begin(Date.now());
const connectCpuMs = await connected;
const figures = { connectCpuMs, cpuMs: await sent, rssBytes: process.memoryUsage().rss };
process.stdout.write(JSON.stringify(figures));
await host.stop();
process.exit(0);
