// The fleet's side of device-cpu.mjs: hosts the shard that comes on stdin until every device has a message
// acknowledged, and prints the CPU that took.
import { readFileSync } from "node:fs";
import { silentLogger } from "../../dist/src/base/log.js";
import { WorkerHost } from "../../dist/src/worker/host.js";

const { dir, ids, info, ratePerS } = JSON.parse(readFileSync(0, "utf8"));
const acked = new Set();
let done;
const allAcked = new Promise((resolve) => (done = resolve));
const before = process.cpuUsage();
const host = await WorkerHost.load({
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
      telemetry: { intervalMs: 60_000, jitter: 0 },
      startMs: (index / ratePerS) * 1000,
    })),
    certsDir: dir,
    endpoints: {
      provisioningHost: info.provisioningHost,
      idScope: info.idScope,
      caPem: readFileSync(info.caFile, "utf8"),
      connectTo: [{ host: "", address: info.address, toPort: info.mqttPort }],
    },
    saveMessages: false,
    snapshotIntervalMs: 100,
    logLevel: "silent",
  },
  env: {},
  log: silentLogger(),
  wallMs: () => performance.timeOrigin + performance.now(),
  resources: () => ({ cpuS: 0, rssBytes: 0 }),
  onSnapshot: (snapshot) => {
    for (const row of snapshot.devices) {
      if (row.acked > 0) acked.add(row.registrationId);
      if (row.state === "failed") throw new Error(`${row.registrationId}: ${row.error}`);
    }
    if (acked.size === ids.length) done();
  },
});
host.begin(Date.now());
await allAcked;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000 }));
await host.stop();
process.exit(0);
