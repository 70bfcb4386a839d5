/** The entry of a worker process: joins IPC and the host, and holds no logic. */
import { performance } from "node:perf_hooks";
import { pino } from "pino";
import { FleetError } from "../base/errors.ts";
import { createLogger } from "../base/log.ts";
import { WorkerHost } from "./host.ts";
import type { ShardStart, WorkerEvent } from "./protocol.ts";
import { parseWorkerCommand } from "./worker-command.ts";

let host: WorkerHost | undefined;

// Ctrl-C reaches the whole process group; only the supervisor decides when a worker stops.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => undefined);
}
// Without a supervisor nobody would ever stop this worker.
process.on("disconnect", () => process.exit(0));
process.on("message", (raw) => {
  void obey(raw);
});

async function obey(raw: unknown): Promise<void> {
  const command = parseWorkerCommand(raw);
  switch (command.type) {
    case "start":
      await start(command.shard);
      return;
    case "begin":
      host?.begin(command.timeZeroMs);
      return;
    case "startDevices":
    case "holdStarts":
    case "stopDevices":
    case "deviceFault":
    case "retune":
      host?.tell(command);
      return;
    case "identitiesChanged":
      host?.identitiesChanged(command.registrationIds);
      return;
    case "stop":
      await host?.stop();
      send({ type: "stopped" }, () => process.exit(0));
      return;
    default:
      command satisfies never;
  }
}

async function start(shard: ShardStart): Promise<void> {
  const destination = pino.destination({ dest: 2, sync: true });
  const fields = { runId: shard.runId, workerId: shard.worker };
  try {
    host = await WorkerHost.load({
      shard,
      env: process.env,
      log: createLogger({ level: shard.logLevel, destination, fields }),
      wallMs: () => performance.timeOrigin + performance.now(),
      resources: () => {
        const { user, system } = process.cpuUsage();
        return { cpuS: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
      },
      onSnapshot: (snapshot) => send({ type: "snapshot", snapshot }),
    });
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    const { code, message, hint, problems } = error;
    send({ type: "failed", code, message, hint, problems }, () => process.exit(1));
    return;
  }
  send({ type: "ready" });
}

/** Sends to the supervisor; `sent` also runs where the channel is closed already. */
function send(event: WorkerEvent, sent: () => void = () => undefined): void {
  if (!process.connected || process.send === undefined) {
    sent();
    return;
  }
  process.send(event, undefined, undefined, sent);
}
