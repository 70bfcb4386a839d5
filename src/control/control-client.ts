import { once } from "node:events";
import type { Socket } from "node:net";
import { createConnection } from "node:net";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { orAborted } from "../base/or-aborted.ts";
import { withTimeout } from "../base/retry.ts";
import type { ControlAnswer, ControlDone } from "./control-answer.ts";
import { controlAnswer, requireDone } from "./control-answer.ts";
import type { ControlRequest } from "./control-request.ts";
import { socketLines, TOO_LONG } from "./socket-lines.ts";

/** A run answers at once, or its process is stuck, in ms. */
const ANSWER_MS = 15_000;

/** Asks a running fleet, one request at a time. */
export class ControlClient {
  readonly #socket: Socket;
  readonly #lines: ReturnType<typeof socketLines>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    this.#lines = socketLines(socket);
  }

  /** @returns undefined where nobody listens: the run is over, or was killed. @throws Node's error for anything else */
  static async connect(path: string): Promise<ControlClient | undefined> {
    const socket = createConnection(path);
    try {
      await once(socket, "connect");
      return new ControlClient(socket);
    } catch (error) {
      socket.destroy();
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
      throw error;
    }
  }

  /**
   * @throws {FleetError} what the run refused it with; `UNREACHABLE` where it does not answer; the reason of `signal`
   */
  async ask(request: ControlRequest, signal: AbortSignal): Promise<ControlDone> {
    this.#socket.write(`${JSON.stringify(request)}\n`);
    const what = "the answer of the run";
    return requireDone(
      await withTimeout({ what, timeoutMs: ANSWER_MS, signal }, (stop) =>
        orAborted(this.#answer(), stop),
      ),
    );
  }

  /** Safe to call twice. */
  close(): void {
    this.#socket.destroy();
  }

  async #answer(): Promise<ControlAnswer> {
    const { value: line } = await this.#lines.next();
    if (line === undefined) {
      throw new FleetError("UNREACHABLE", "the run ended before it answered", {
        hint: "its results are in its folder",
      });
    }
    const parsed = line === TOO_LONG ? undefined : controlAnswer.safeParse(jsonOf(line)).data;
    if (parsed === undefined) {
      throw new FleetError("REFUSED", "the run answered in words that this ctl does not know", {
        hint: "use the version of dps-fleet that the run has",
      });
    }
    return parsed;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
