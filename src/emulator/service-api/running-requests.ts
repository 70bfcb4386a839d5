import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import type { ApiScope } from "./api-server.ts";

/** The requests of a server that have no whole answer yet. */
export class RunningRequests {
  readonly #ends = new EventEmitter();
  readonly #bySocket = new WeakMap<Socket, Set<object>>();
  #count = 0;

  /** Before the first route is added. */
  watch(app: ApiScope): void {
    app.addHook("onRequest", async ({ raw: { socket } }, { raw: answer }) => {
      const running = this.#on(socket);
      running.add(answer);
      this.#count += 1;
      answer.once("close", () => {
        if (running.delete(answer)) this.#ended(1);
      });
    });
  }

  /** Resolves when none is left. */
  async ended(): Promise<void> {
    while (this.#count > 0) await once(this.#ends, "end");
  }

  /** Those of a connection end with it: an answer that waits behind another one is never closed by Node. */
  #on(socket: Socket): Set<object> {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const running = new Set<object>();
    this.#bySocket.set(socket, running);
    socket.once("close", () => {
      this.#ended(running.size);
      running.clear();
    });
    return running;
  }

  #ended(count: number): void {
    this.#count -= count;
    this.#ends.emit("end");
  }
}
