import type { WorkerChannel, WorkerExit } from "../../src/supervisor/worker-channel.ts";
import type { ShardStart, WorkerCommand, WorkerEvent } from "../../src/worker/protocol.ts";

/** A worker without a process: the test says what it sends and when it leaves, and sees what it was told. */
export class ScriptedWorker implements WorkerChannel {
  readonly pid = undefined;
  readonly commands: WorkerCommand[] = [];
  readonly kills: ("SIGTERM" | "SIGKILL")[] = [];
  /** Called with each command and signal; the test's script. */
  onCommand: (command: WorkerCommand) => void = () => {};
  onKill: (signal: "SIGTERM" | "SIGKILL") => void = (signal) => this.leave({ code: null, signal });
  #message: (message: unknown) => void = () => {};
  #exit: (exit: WorkerExit) => void = () => {};
  #gone = false;

  send(command: WorkerCommand): void {
    if (this.#gone) return;
    this.commands.push(command);
    this.onCommand(command);
  }

  onMessage(handler: (message: unknown) => void): void {
    this.#message = handler;
  }

  onExit(handler: (exit: WorkerExit) => void): void {
    this.#exit = handler;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#gone) return;
    this.kills.push(signal);
    this.onKill(signal);
  }

  /** The worker tells something. */
  tell(event: WorkerEvent | string): void {
    this.#message(event);
  }

  /** The process is gone. */
  leave(exit: WorkerExit): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#exit(exit);
  }
}

/** A worker that does all it is told: ready at start, stopped and gone at stop. */
export function obedientWorker(): ScriptedWorker {
  const worker = new ScriptedWorker();
  worker.onCommand = ({ type }) => {
    if (type === "start") queueMicrotask(() => worker.tell({ type: "ready" }));
    if (type !== "stop") return;
    queueMicrotask(() => {
      worker.tell({ type: "stopped" });
      worker.leave({ code: 0, signal: null });
    });
  };
  return worker;
}

/** A shard of devices that start at the times given; null = when they are told to. */
export function shardOf(worker: number, startMs: readonly (number | null)[]): ShardStart {
  return {
    worker,
    boot: 1,
    seed: 1,
    devices: startMs.map((due, index) => ({
      index,
      registrationId: `device${worker}-${index}`,
      model: "cheese-cave",
      settings: {},
      credentials: { format: "pem" },
      telemetry: { intervalMs: 5_000, jitter: 0 },
      startMs: due,
    })),
    timeScale: 1,
    certsDir: "/certs",
    modelsDir: "/scenarios",
    alerts: [],
    phases: [],
    endpoints: { provisioningHost: "dps", idScope: "0ne", connectTo: [], transport: "mqtt" },
    saveMessages: false,
    snapshotIntervalMs: 1_000,
    runId: "test",
    logLevel: "silent",
  };
}
