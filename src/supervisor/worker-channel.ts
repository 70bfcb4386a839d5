import type { WorkerCommand } from "../worker/protocol.ts";

/** How a worker process ended: exactly one of both is set. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** How commands and messages move between supervisor and one worker; `fork-worker.ts` is the real one, tests inject theirs. */
export interface WorkerChannel {
  /** Process id, for logs and for whoever wants to kill it; undefined where there is no process. */
  readonly pid: number | undefined;
  /** Does nothing once the channel is closed; never throws. */
  send(command: WorkerCommand): void;
  /** The handler gets whatever the worker sent, unparsed. */
  onMessage(handler: (message: unknown) => void): void;
  /** Told once, when the process is gone or could not be started. */
  onExit(handler: (exit: WorkerExit) => void): void;
  /** Does nothing once the process is gone. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** `exit code 1`, `signal SIGKILL`. */
export const describeExit = (exit: WorkerExit): string =>
  exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
