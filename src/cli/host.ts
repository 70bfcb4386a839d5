import type { MachineAddress } from "../base/dial.ts";

/** The signals that ask a command to end. SIGTERM also stands for a launcher that is gone. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** A stream that text goes to; `process.stdout` fits. */
export interface HostOutput {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  /** Width and height in characters; only where it is a terminal. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** The IPC channel to the process that forked this one. */
export interface HostParent {
  /** Does nothing once the channel is closed. */
  send(message: unknown): void;
  /** @returns a function that un-registers */
  onMessage(handler: (message: unknown) => void): () => void;
  /** @returns a function that un-registers */
  onDisconnect(handler: () => void): () => void;
}

/** Everything that a command may know of the machine; only `main.ts` builds one, tests build their own. */
export interface Host {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: HostOutput;
  readonly stderr: HostOutput;
  now(): Date;
  /** CPU cores that this process may use, >= 1. */
  readonly cores: number;
  /** What this process has used so far: CPU seconds since its start, resident bytes now. */
  resources(): { readonly cpuS: number; readonly rssBytes: number };
  /** Of all network interfaces, in the system's order. */
  addresses(): readonly MachineAddress[];
  /**
   * Takes over SIGINT, SIGTERM and SIGHUP until un-registered; a launcher (npm) that died tells as SIGTERM.
   * The same signal twice within 500 ms is told once: a terminal and npm may both deliver one Ctrl-C.
   *
   * @returns a function that un-registers
   */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /**
   * Calls back when the process ends, however it does but by SIGKILL; only what is synchronous still happens then.
   *
   * @returns a function that un-registers
   */
  onExit?(handler: () => void): () => void;
  /**
   * Calls back when nobody reads stdout any more (`| head` has ended).
   *
   * @returns a function that un-registers
   */
  onStdoutClosed?(handler: () => void): () => void;
  /**
   * Tells what happens to the terminal on stdout: `redraw` when it has another size or is ours again after Ctrl-Z,
   * `leave` before Ctrl-Z suspends this process.
   *
   * @returns a function that un-registers
   */
  onTerminal?(handlers: { readonly redraw: () => void; readonly leave: () => void }): () => void;
  /** Present when this process was forked with an IPC channel. */
  readonly parent?: HostParent | undefined;
  /** Of this process. */
  readonly pid: number;
  /** The Node binary. */
  readonly execPath: string;
  /** Absolute path of the built `main.js`, to fork further commands. */
  readonly mainFile: string;
  /** Absolute path of the built worker entry. */
  readonly workerFile: string;
  /** Version of Node, such as `v20.20.2`. */
  readonly nodeVersion: string;
  /** Version of this package. */
  readonly version: string;
  /** The exit code that the process ends with once nothing is left to do. */
  setExitCode(code: number): void;
  /** Ends the process at once; only for a second Ctrl-C that an orderly stop did not answer. */
  exitNow(code: number): void;
}
