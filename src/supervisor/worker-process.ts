import type { ErrorCode } from "../base/errors.ts";
import { EXIT_CODES, FleetError } from "../base/errors.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { DeviceCommand, ShardStart, WorkerEvent } from "../worker/protocol.ts";
import { deferred } from "../base/deferred.ts";
import { settlesWithin } from "../base/settles-within.ts";
import type { WorkerChannel, WorkerExit } from "./worker-channel.ts";
import { describeExit } from "./worker-channel.ts";
import { parseWorkerEvent } from "./worker-event.ts";

/** `starting` -> `ready` -> `running` -> `stopping` -> `stopped`; an exit that nobody asked for makes it `lost`. */
export type WorkerState = "starting" | "ready" | "running" | "stopping" | "stopped" | "lost";

/** How long each wait may take, in ms. */
export interface WorkerTimeouts {
  /** From the start to `ready`: loading code and models. */
  readonly readyMs: number;
  /** From the stop message to `stopped`: every device says goodbye. */
  readonly stopMs: number;
  /** From SIGTERM to the exit; then SIGKILL. */
  readonly termMs: number;
}

export const DEFAULT_WORKER_TIMEOUTS: WorkerTimeouts = {
  readyMs: 120_000,
  stopMs: 15_000,
  termMs: 2_000,
};

const isErrorCode = (code: string): code is ErrorCode => code in EXIT_CODES;

/** What a worker said of itself when it gave up, as the error it was. */
function errorOf(event: WorkerEvent & { type: "failed" }): FleetError {
  const code = isErrorCode(event.code) ? event.code : "WORKER_LOST";
  return new FleetError(code, event.message, { hint: event.hint, problems: event.problems });
}

/** The life of one worker process, told over an injected channel. */
export class WorkerProcess {
  readonly worker: number;
  readonly boot: number;
  readonly #channel: WorkerChannel;
  readonly #timeouts: WorkerTimeouts;
  readonly #onSnapshot: (snapshot: Snapshot) => void;
  readonly #onLost: (detail: string) => void;
  readonly #exited: Promise<void>;
  readonly #stopped = deferred<void>();
  readonly #ready = deferred<void>();
  #state: WorkerState = "starting";
  #failure: FleetError | undefined;
  #stopping: Promise<void> | undefined;
  readonly #early: DeviceCommand[] = [];

  constructor(options: {
    readonly shard: ShardStart;
    readonly channel: WorkerChannel;
    readonly timeouts: WorkerTimeouts;
    readonly onSnapshot: (snapshot: Snapshot) => void;
    /** An exit that nobody asked for, after `ready()` resolved; `detail` says how. */
    readonly onLost: (detail: string) => void;
  }) {
    this.worker = options.shard.worker;
    this.boot = options.shard.boot;
    this.#channel = options.channel;
    this.#timeouts = options.timeouts;
    this.#onSnapshot = options.onSnapshot;
    this.#onLost = options.onLost;
    // Whoever does not await `ready()` must not crash by its rejection.
    this.#ready.promise.catch(() => {});
    const exited = deferred<void>();
    this.#exited = exited.promise;
    this.#channel.onMessage((message) => this.#heard(parseWorkerEvent(message)));
    this.#channel.onExit((exit) => {
      this.#left(exit);
      exited.resolve(undefined);
    });
    this.#channel.send({ type: "start", shard: options.shard });
  }

  get state(): WorkerState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#channel.pid;
  }

  /**
   * Resolves when the shard is loaded; the worker then waits for `begin`.
   *
   * @throws {FleetError} what the worker said, or `WORKER_LOST` when it left or stayed silent
   */
  async ready(): Promise<void> {
    const timer = setTimeout(() => {
      const waitedS = this.#timeouts.readyMs / 1000;
      this.#failure = new FleetError(
        "WORKER_LOST",
        `worker ${this.worker} was not ready after ${waitedS} s`,
      );
      this.#ready.reject(this.#failure);
      this.#channel.kill("SIGKILL");
    }, this.#timeouts.readyMs);
    try {
      await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets the devices start; `timeZeroMs` is ms since 1970. */
  begin(timeZeroMs: number): void {
    if (this.#state !== "ready") return;
    this.#state = "running";
    this.#channel.send({ type: "begin", timeZeroMs });
    for (const command of this.#early.splice(0)) this.tell(command);
  }

  /** Tells devices something; a worker that has not begun yet is told when it does. */
  tell(command: DeviceCommand): void {
    if (this.#state === "running") this.#channel.send(command);
    else this.#early.push(command);
  }

  /** Tells that files of identities have changed; a worker that does not run yet reads them when it does. */
  identitiesChanged(registrationIds: readonly string[]): void {
    if (this.#state !== "running") return;
    this.#channel.send({ type: "identitiesChanged", registrationIds });
  }

  /**
   * Asks by message, then SIGTERM, then SIGKILL, each after its time. Resolves when the process is gone; safe to call
   * twice, and on a worker that is gone already.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** SIGKILL now, without asking. */
  kill(): void {
    if (this.#state !== "lost" && this.#state !== "stopped") this.#state = "stopping";
    this.#channel.kill("SIGKILL");
  }

  async #stop(): Promise<void> {
    if (this.#state === "lost" || this.#state === "stopped") return;
    // From here an exit is wanted: `#left` must not take it for a crash.
    this.#state = "stopping";
    this.#channel.send({ type: "stop" });
    await settlesWithin(Promise.race([this.#stopped.promise, this.#exited]), this.#timeouts.stopMs);
    if (await settlesWithin(this.#exited, this.#timeouts.termMs)) return;
    this.#channel.kill("SIGTERM");
    if (await settlesWithin(this.#exited, this.#timeouts.termMs)) return;
    this.#channel.kill("SIGKILL");
    await this.#exited;
  }

  #heard(event: WorkerEvent | undefined): void {
    switch (event?.type) {
      case "ready":
        if (this.#state === "starting") this.#state = "ready";
        this.#ready.resolve(undefined);
        return;
      case "snapshot":
        this.#onSnapshot(event.snapshot);
        return;
      case "stopped":
        this.#stopped.resolve(undefined);
        return;
      case "failed":
        this.#failure = errorOf(event);
        this.#ready.reject(this.#failure);
        return;
      case undefined:
        return;
      default:
        event satisfies never;
    }
  }

  #left(exit: WorkerExit): void {
    if (this.#state === "stopping") {
      this.#state = "stopped";
      this.#ready.reject(new FleetError("WORKER_LOST", `worker ${this.worker} was stopped`));
      return;
    }
    const wasStarting = this.#state === "starting";
    this.#state = "lost";
    const detail = this.#failure?.message ?? describeExit(exit);
    if (wasStarting) {
      this.#ready.reject(
        this.#failure ??
          new FleetError("WORKER_LOST", `worker ${this.worker} left while starting: ${detail}`, {
            hint: "its last words are in run.log, or above where no terminal is",
          }),
      );
      return;
    }
    this.#onLost(detail);
  }
}
